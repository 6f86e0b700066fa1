import Kernels

/// The backward pass: gradients from the network's output to the lowest layer that is trained.
extension Executor {
  /// Runs the gradient in `outputGradient` back to the first layer that is trained, making the parameters' gradients
  /// or, with `update`, taking the step of plain gradient descent on the way.
  ///
  /// The parameters' gradients, for which nothing waits, fill the gaps that the tiles of the layers below leave.
  public func backward(_ pass: Pass, update: (Parameter) -> GradientUse = { _ in .keep }) {
    guard isReached.contains(true) else { return }
    waiting.removeAll(keepingCapacity: true)
    for s in stages.indices { sumsAreTaken[s] = false }
    if isReached[stages[stages.count - 1].last] { backwardLast(pass) }
    for chain in chains.reversed() {
      // What waits reads gradients that are in use until the next chain.
      if gradientsTakeTurns, waiting.contains(where: { chainOf[stageOf[$0.layer]] > chainOf[chain.lowerBound] + 1 }) {
        makeAllWaiting(pass)
      }
      for s in chain.reversed() {
        guard let i = stages[s].transform, isReached[i], let layer = transforms[i] else { continue }
        layer.beginBackward(pass)
        if !sumsAreTaken[s] {
          run(layer.sumTiles(pass)) { layer.addUpGradient(pass, x: input(of: i), dy: gradients[i], tile: $0) }
        }
        layer.finishGradientSums(pass)
      }
      // The input gradients first: they need the weights as they were.
      makeInputGradients(chain, pass)
      for s in chain.reversed() {
        guard let i = stages[s].transform, isReached[i], let layer = transforms[i] else { continue }
        if layer.isTrainable, let weight = layer.parameters.first, chunked(chain)?.layer != i {
          waiting.append(
            ParameterGradient(layer: i, tiles: layer.parameterGradientTiles(pass), use: update(weight)))
        }
      }
      if let lowest = normalizedInput?.layer, chain.contains(stageOf[lowest]) { break }
    }
    // The lowest layer, which has most tiles as a rule, is begun first.
    waiting.reverse()
    makeAllWaiting(pass)
    run(TileGrid(rows: unfinished.count, columns: 1, tileRows: 1, tileColumns: 1)) { tile in
      for i in tile.rows { unfinished[i].finishParameterGradient(pass) }
    }
    normalizedInput?.addUp()
  }

  /// Makes the gradients of the inputs of a chain's transforms, and turns the last into that of the transform below.
  private func makeInputGradients(_ chain: Range<Int>, _ pass: Pass) {
    var tiles: TileGrid?
    for s in chain.reversed() {
      guard let i = stages[s].transform, let layer = transforms[i], makesInputGradient(i) else { continue }
      let own = layer.inputGradientTiles(pass)
      tiles = tiles.map { $0.joined(with: own) ?? own } ?? own
      if isWanted(i), i > 0, own.hasWholeRows { expectSums(stageOf[i - 1], before: i) }
    }
    guard let tiles else { return }
    if let (lowest, layer) = chunked(chain) {
      let chunks = layer.parameterGradientTiles(pass)
      let others = chunks.count > 1 ? waitingTiles : 0
      run(chunks, beside: others) { chunk in
        for rows in tiles.rows(within: chunk.rows) {
          for s in chain.reversed() {
            guard let i = stages[s].transform, let layer = transforms[i], makesInputGradient(i) else { continue }
            makeInputGradient(i, layer, pass, Tile(rows: rows, columns: 0..<layer.inputCount))
          }
          layer.addParameterGradient(
            pass, x: input(of: lowest), dy: gradients[lowest], chunk: chunk.rows, rows: rows)
        }
      } other: {
        makeWaiting(pass, $0)
      }
      if others > 0 { waiting.removeAll(keepingCapacity: true) }
      return
    }
    // Too small to be divided, it would have the other threads called for the parameters' gradients alone.
    let others = tiles.count > 1 ? waitingTiles : 0
    run(tiles, beside: others) { tile in
      var tile = tile
      for s in chain.reversed() {
        guard let i = stages[s].transform, let layer = transforms[i], makesInputGradient(i) else { continue }
        if chain.count > 1 { tile.columns = 0..<layer.inputCount }
        makeInputGradient(i, layer, pass, tile)
      }
    } other: {
      makeWaiting(pass, $0)
    }
    if others > 0 { waiting.removeAll(keepingCapacity: true) }
  }

  private func chunked(_ chain: Range<Int>) -> (layer: Int, any ChunkedGradients)? {
    guard let i = stages[chain.lowerBound].transform, let layer = transforms[i] as? any ChunkedGradients, layer.sumsUpChunks,
      layer.isTrainable, makesInputGradient(i)
    else { return nil }
    return (i, layer)
  }

  /// Whether the gradient of a transform's input is wanted, by the layers below or by who asks for it.
  private func isWanted(_ i: Int) -> Bool { isReached(wiring.sources[i]) || keepsOutputs }

  /// Whether anything is made with the gradient of a transform's input: itself, or what the layer makes along with it.
  private func makesInputGradient(_ i: Int) -> Bool {
    isReached[i] && i != normalizedInput?.layer
      && (isReached(wiring.sources[i]) || transforms[i]?.inputGradientIsInPlace == true)
  }

  /// Makes a tile of the gradient of a transform's input, and turns it into that of the transform below; or, when it is not
  /// wanted, what the layer makes along with it.
  private func makeInputGradient(_ i: Int, _ layer: any TransformLayer, _ pass: Pass, _ tile: Tile) {
    let (x, dy, dx) = (input(of: i), gradients[i], gradient(below: i))
    guard isWanted(i) else { return layer.parameterGradientAlone(pass, x: x, dy: dy, tile: tile) }
    if layer.inputGradientIsInPlace {
      dy.copy(tile, to: dx)
      layer.inputGradient(pass, x: x, y: outputs[i], dy: dx, dx: dx, tile: tile)
    } else {
      layer.inputGradient(pass, x: x, y: outputs[i], dy: dy, dx: dx, tile: tile)
    }
    if i > 0 { backward(stageOf[i - 1], before: i, pass, tile) }
  }

  private func makeAllWaiting(_ pass: Pass) {
    run(.none, beside: waitingTiles, divides: waiting.contains { $0.tiles.count > 1 }) { _ in
    } other: {
      makeWaiting(pass, $0)
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private var waitingTiles: Int { waiting.reduce(0) { $0 + $1.tiles.count } }

  /// Makes the tile of that number among all that are waiting.
  private func makeWaiting(_ pass: Pass, _ number: Int) {
    var tile = number
    for gradient in waiting {
      guard tile >= gradient.tiles.count else {
        let i = gradient.layer
        transforms[i]?.parameterGradient(
          pass, x: input(of: i), dy: gradients[i], tile: gradient.tiles[tile], update: gradient.use)
        return
      }
      tile -= gradient.tiles.count
    }
  }

  /// Turns the gradient of the network's output into that of the last transform's.
  private func backwardLast(_ pass: Pass) {
    let stage = stages[stages.count - 1]
    guard !stage.tail.isEmpty || stage.transform.flatMap({ activityPenalties[$0] }) != nil else { return }
    let tiles = TileGrid(
      rows: pass.rows, columns: output.columns, tileRows: max(1, 65536 / output.ld), tileColumns: output.columns)
    expectSums(stages.count - 1, before: stage.last + 1)
    run(tiles) { backward(stages.count - 1, before: stage.last + 1, pass, $0) }
  }

  /// Notes that the tiles to come, of whole rows, take the sums that a stage's backward pass needs.
  private func expectSums(_ s: Int, before end: Int) {
    for i in (stages[s].tail.lowerBound..<max(stages[s].tail.lowerBound, end)).reversed() {
      if wiring.blockTurningAt[i] != nil { return }
      if let shortcut = wiring.blockEndingAt[i].flatMap({ wiring.blocks[$0].shortcut }) {
        expectSums(stageOf[shortcut - 1], before: shortcut)
      }
    }
    sumsAreTaken[s] = true
  }

  /// Turns a tile of the gradient of what a stage's layers before `end` put out into that of its transform's output.
  private func backward(_ s: Int, before end: Int, _ pass: Pass, _ tile: Tile) {
    let stage = stages[s]
    for i in (stage.tail.lowerBound..<max(stage.tail.lowerBound, end)).reversed() {
      // What stands before a shortcut belongs to the other branch, and what comes before the block waits for it.
      if wiring.blockTurningAt[i] != nil { return }
      if let block = wiring.blockStartingAt[i] {
        if isReached(wiring.sources[i]) { gradients[i].add(skipped[block], tile) }
        continue
      }
      let gradient = gradient(below: i)
      gradients[i].copy(tile, to: gradient)
      if let block = wiring.blockEndingAt[i] { backwardEnd(of: wiring.blocks[block], block, pass, tile) }
      elementwise[i]?.backward(pass, x: input(of: i), y: outputs[i], gradient: gradient, tile: tile)
    }
    guard let i = stage.transform else { return }
    activityPenalties[i]?.addGradient(pass, y: outputs[i], gradient: gradients[i], tile: tile, sign: penaltySign)
    if sumsAreTaken[s], isReached[i] {
      transforms[i]?.addUpGradient(pass, x: input(of: i), dy: gradients[i], tile: tile)
    }
  }

  /// Hands a tile of the gradient of a block's output on to the branch that `end` adds to its input.
  private func backwardEnd(of block: Wiring.Block, _ number: Int, _ pass: Pass, _ tile: Tile) {
    let source = wiring.otherSource(of: block)
    guard isReached(source) else { return }
    guard let shortcut = block.shortcut else { return gradients[block.end].copy(tile, to: skipped[number]) }
    gradients[block.end].copy(tile, to: gradients[source])
    backward(stageOf[shortcut - 1], before: shortcut, pass, tile)
  }
}
