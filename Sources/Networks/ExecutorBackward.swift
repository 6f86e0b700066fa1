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
    for (s, stage) in stages.enumerated().reversed() {
      guard let i = stage.transform, isReached[i], let layer = transforms[i] else { continue }
      // What waits reads gradients that are in use until the next stage.
      if gradientsTakeTurns, waiting.contains(where: { stageOf[$0.layer] > s + 1 }) { makeAllWaiting(pass) }
      layer.beginBackward(pass)
      if !sumsAreTaken[s] {
        run(layer.sumTiles(pass)) { layer.addUpGradient(pass, x: input(of: i), dy: gradients[i], tile: $0) }
      }
      layer.finishGradientSums(pass)
      // The input gradient first: it needs the weights as they were.
      let endsHere = i == normalizedInput?.layer
      let isWanted = isReached(wiring.sources[i])
      if !endsHere, isWanted || layer.inputGradientIsInPlace {
        makeInputGradient(i, layer, isWanted: isWanted || keepsOutputs, pass)
      }
      if layer.isTrainable, let weight = layer.parameters.first {
        waiting.append(
          ParameterGradient(layer: i, tiles: layer.parameterGradientTiles(pass), use: update(weight)))
      }
      if endsHere { break }
    }
    // The lowest layer, which has most tiles as a rule, is begun first.
    waiting.reverse()
    makeAllWaiting(pass)
    run(TileGrid(rows: unfinished.count, columns: 1, tileRows: 1, tileColumns: 1)) { tile in
      for i in tile.rows { unfinished[i].finishParameterGradient(pass) }
    }
    normalizedInput?.addUp()
  }

  /// Makes the gradient of a transform's input, and turns it into that of the transform below; or, when it is not
  /// wanted, what the layer makes along with it.
  private func makeInputGradient(_ i: Int, _ layer: any TransformLayer, isWanted: Bool, _ pass: Pass) {
    let (x, y, dy, dx) = (input(of: i), outputs[i], gradients[i], gradient(below: i))
    let tiles = layer.inputGradientTiles(pass)
    // What comes before a block waits for the other branch.
    let isShortcut = i > 0 && wiring.blockTurningAt[i - 1] != nil
    let below = isWanted && i > 0 && !isShortcut ? stageOf[i - 1] : -1
    if below >= 0, tiles.hasWholeRows { expectSums(below) }
    // Too small to be divided, it would have the other threads called for the parameters' gradients alone.
    let others = tiles.count > 1 ? waitingTiles : 0
    run(tiles, beside: others) { tile in
      if !isWanted {
        layer.parameterGradientAlone(pass, x: x, dy: dy, tile: tile)
      } else if layer.inputGradientIsInPlace {
        dy.copy(tile, to: dx)
        layer.inputGradient(pass, x: x, y: y, dy: dx, dx: dx, tile: tile)
      } else {
        layer.inputGradient(pass, x: x, y: y, dy: dy, dx: dx, tile: tile)
      }
      if below >= 0 { backward(below, pass, tile) }
    } other: {
      makeWaiting(pass, $0)
    }
    if others > 0 { waiting.removeAll(keepingCapacity: true) }
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
    expectSums(stages.count - 1)
    run(tiles) { backward(stages.count - 1, pass, $0) }
  }

  /// Notes that the tiles to come, of whole rows, take the sums that a stage's backward pass needs.
  private func expectSums(_ s: Int) {
    sumsAreTaken[s] = true
    for i in stages[s].tail {
      if let shortcut = wiring.blockEndingAt[i].flatMap({ wiring.blocks[$0].shortcut }) {
        expectSums(stageOf[shortcut - 1])
      }
    }
  }

  /// Turns a tile of the gradient of a stage's output into that of its transform's.
  private func backward(_ s: Int, _ pass: Pass, _ tile: Tile) {
    let stage = stages[s]
    for i in stage.tail.reversed() {
      if wiring.isMark(i) {
        if let block = wiring.blockStartingAt[i], isReached(wiring.sources[i]) {
          gradients[i].add(skipped[block], tile)
        }
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
    backward(stageOf[shortcut - 1], pass, tile)
  }
}
