import Kernels

/// The backward pass: gradients from the network's output to the lowest layer that is trained.
extension Executor {
  /// Runs the gradient in `outputGradient` back to the first layer that is trained, making the parameters' gradients
  /// or, with `update`, taking the step of plain gradient descent on the way.
  ///
  /// The parameters' gradients, for which nothing waits, fill the gaps that the tiles of the layers below leave.
  public func backward(_ pass: Pass, update: (Parameter) -> GradientUse = { _ in .keep }) {
    guard let lowest = network.layers.firstIndex(where: \.isTrainable) else { return }
    waiting.removeAll(keepingCapacity: true)
    for (s, stage) in stages.enumerated().reversed() {
      let first = stage.transform ?? stage.tail.lowerBound
      guard stage.tail.upperBound > lowest || first >= lowest else { break }
      if s == stages.count - 1 { backwardLast(stage, pass) }
      guard let i = stage.transform, let layer = transforms[i] else { break }
      let endsHere = i == normalizedInput?.layer
      // The input gradient first: it needs the weights as they were.
      if !endsHere, lowest < i || layer.inputGradientIsInPlace {
        makeInputGradient(i, layer, below: s, isWanted: lowest < i || keepsOutputs, pass)
      }
      if layer.isTrainable, let weight = layer.parameters.first {
        waiting.append(
          ParameterGradient(layer: i, tiles: layer.parameterGradientTiles(pass), use: update(weight)))
      }
      if endsHere || lowest >= i { break }
    }
    // The lowest layer, which has most tiles as a rule, is begun first.
    waiting.reverse()
    run(.none, beside: waitingTiles, divides: waiting.contains { $0.tiles.count > 1 }) { _ in
    } other: {
      makeWaiting(pass, $0)
    }
    normalizedInput?.addUp()
  }

  /// Makes the gradient of a transform's input, and turns it into that of the transform below; or, when it is not
  /// wanted, what the layer makes along with it.
  private func makeInputGradient(
    _ i: Int, _ layer: any TransformLayer, below s: Int, isWanted: Bool, _ pass: Pass
  ) {
    let (x, y, dy, dx) = (i == 0 ? input : outputs[i - 1], outputs[i], gradients[i], gradient(below: i))
    let tiles = layer.inputGradientTiles(pass)
    let below = s > 0 ? stages[s - 1] : nil
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
      if let below, isWanted { backward(below, pass, tile) }
    } other: {
      makeWaiting(pass, $0)
    }
    if others > 0 { waiting.removeAll(keepingCapacity: true) }
  }

  private var waitingTiles: Int { waiting.reduce(0) { $0 + $1.tiles.count } }

  /// Makes the tile of that number among all that are waiting.
  private func makeWaiting(_ pass: Pass, _ number: Int) {
    var tile = number
    for gradient in waiting {
      guard tile >= gradient.tiles.count else {
        let i = gradient.layer
        transforms[i]?.parameterGradient(
          pass, x: i == 0 ? input : outputs[i - 1], dy: gradients[i], tile: gradient.tiles[tile], update: gradient.use)
        return
      }
      tile -= gradient.tiles.count
    }
  }

  /// Turns the gradient of the network's output into that of the last transform's.
  private func backwardLast(_ stage: Stage, _ pass: Pass) {
    guard !stage.tail.isEmpty || stage.transform.flatMap({ activityPenalties[$0] }) != nil else { return }
    let tiles = TileGrid(
      rows: pass.rows, columns: output.columns, tileRows: max(1, 65536 / output.ld), tileColumns: output.columns)
    run(tiles) { backward(stage, pass, $0) }
  }

  /// Turns a tile of the gradient of a stage's output into that of its transform's.
  private func backward(_ stage: Stage, _ pass: Pass, _ tile: Tile) {
    for i in stage.tail.reversed() {
      let gradient = gradient(below: i)
      gradients[i].copy(tile, to: gradient)
      elementwise[i]?.backward(
        pass, x: i == 0 ? input : outputs[i - 1], y: outputs[i], gradient: gradient, tile: tile)
    }
    guard let i = stage.transform, let penalty = activityPenalties[i] else { return }
    penalty.addGradient(pass, y: outputs[i], gradient: gradients[i], tile: tile, sign: penaltySign)
  }
}
