import Kernels

/// The forward pass: from the network's input to its output.
///
/// Stages that work on each row by itself run one after the other on the same rows, so that what one has made is still in
/// the cache when the next one takes it; what begins such a chain is the network's input, a stage that needs sums over the
/// batch first, or one that divides its columns.
extension Executor {
  /// Runs the batch in `input` through the layers.
  ///
  /// - Parameters:
  ///   - errands: tiles of work of another kind, which fill the gaps that the first chain's tiles leave.
  public func forward(_ pass: Pass, errands: TileGrid = .none, _ errand: (Tile) -> Void = { _ in }) {
    forward(stages.indices, pass, errands: errands, errand)
  }

  /// Runs the last batch again from its first random layer on; what comes before has not changed.
  public func forwardFromFirstRandomLayer(_ pass: Pass) {
    forward((firstRandomStage ?? stages.count)..<stages.count, pass, errands: .none) { _ in }
  }

  private func forward(_ range: Range<Int>, _ pass: Pass, errands: TileGrid, _ errand: (Tile) -> Void) {
    team.forEach(beginningWithWork.count) {
      let i = beginningWithWork[$0]
      if range.contains(stageOf[i]) { network.layers[i].begin(pass) }
    }
    var (s, sumsAreTaken) = (range.lowerBound, false)
    while s < range.upperBound {
      let (chain, tiles) = chain(from: s, before: range.upperBound, pass)
      begin(chain, pass, sumsAreTaken: sumsAreTaken)
      sumsAreTaken = forward(
        chain, tiles, pass, errands: s == range.lowerBound ? errands : .none, errand)
      s = chain.upperBound
    }
  }

  /// The stages from one on whose tiles can be the same rows, and these tiles.
  private func chain(from s: Int, before end: Int, _ pass: Pass) -> (stages: Range<Int>, tiles: TileGrid) {
    var (tiles, next) = (tiles(ofStage: s, pass), s + 1)
    while next < end, stages[next].transform.flatMap({ transforms[$0] })?.sumTiles(pass).count ?? 0 == 0,
      let joined = tiles.joined(with: self.tiles(ofStage: next, pass))
    {
      (tiles, next) = (joined, next + 1)
    }
    return (s..<next, tiles)
  }

  private func tiles(ofStage s: Int, _ pass: Pass) -> TileGrid {
    if let transform = stages[s].transform.flatMap({ transforms[$0] }) { return transform.forwardTiles(pass) }
    let x = input(of: stages[s].first)
    return TileGrid(rows: pass.rows, columns: x.columns, wholeRows: 65536 / x.ld)
  }

  /// What has to be done before the first tile of a chain.
  private func begin(_ chain: Range<Int>, _ pass: Pass, sumsAreTaken: Bool) {
    for s in chain {
      let stage = stages[s]
      for i in stage.first..<max(stage.first + 1, stage.tail.upperBound) {
        if transforms[i]?.beginsWithWork != true { network.layers[i].begin(pass) }
        if let block = wiring.blockEndingAt[i] {
          let source = wiring.otherSource(of: wiring.blocks[block])
          blockEnds[i]?.other = source == Wiring.input ? input : outputs[source]
        }
      }
      guard let transform = stage.transform.flatMap({ transforms[$0] }) else { continue }
      if s == chain.lowerBound, !sumsAreTaken {
        let x = input(of: stage.first)
        run(transform.sumTiles(pass)) { transform.addUp(pass, x: x, tile: $0) }
      }
      transform.finishSums(pass)
    }
  }

  /// Runs a chain, and takes the sums that the next stage needs of its tiles while they are in the cache, if it can;
  /// returns whether it could.
  private func forward(
    _ chain: Range<Int>, _ tiles: TileGrid, _ pass: Pass, errands: TileGrid, _ errand: (Tile) -> Void
  ) -> Bool {
    let last = stages[chain.upperBound - 1].last
    let next = tiles.hasWholeRows ? summing(after: chain.upperBound - 1, pass) : nil
    run(tiles, beside: errands.count, divides: errands.count > 1) { tile in
      var tile = tile
      for s in chain {
        let stage = stages[s]
        let (x, y) = (input(of: stage.first), outputs[stage.first])
        if chain.count > 1 { tile.columns = 0..<y.columns }
        if let i = stage.transform { transforms[i]?.forward(pass, x: x, y: y, tile: tile) }
        for i in stage.tail {
          elementwise[i]?.forward(pass, x: input(of: i), y: outputs[i], tile: tile)
        }
      }
      next?.addUp(pass, x: outputs[last], tile: tile)
    } other: {
      errand(errands[$0])
    }
    return next != nil
  }

  /// The transform after a stage, if it wants sums of that stage's output.
  private func summing(after s: Int, _ pass: Pass) -> (any TransformLayer)? {
    guard s + 1 < stages.count, let i = stages[s + 1].transform, let transform = transforms[i],
      wiring.sources[i] != Wiring.input, stageOf[wiring.sources[i]] == s,
      outputs[wiring.sources[i]] === outputs[stages[s].last], transform.sumTiles(pass).count > 0
    else { return nil }
    return transform
  }
}
