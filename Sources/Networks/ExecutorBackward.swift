import Kernels

/// The backward pass: gradients from the network's output to the lowest layer that is trained.
extension Executor {
  /// Runs the gradient in `outputGradient` back to the first layer that is trained, making the parameters' gradients
  /// or, with `update`, taking the step of plain gradient descent on the way.
  ///
  /// The parameters' gradients, for which nothing waits, fill the gaps that the tiles of the layers below leave, but for
  /// those that are summed up beside the input's (see `ChunkedGradients`).
  public func backward(_ pass: Pass, update: (Parameter) -> GradientUse = { _ in .keep }) {
    guard isReached.contains(true) else { return }
    waiting.removeAll(keepingCapacity: true)
    for s in stages.indices { sumsAreTaken[s] = false }
    if isReached[stages[stages.count - 1].last] { backwardLast(pass) }
    team.forEach(beginningWithWork.count) {
      let i = beginningWithWork[$0]
      if isReached[i] { transforms[i]?.beginBackward(pass) }
    }
    for chain in chains.reversed() {
      // What waits reads gradients that are in use until the next chain.
      if gradientsTakeTurns, waiting.contains(where: { chainOf[stageOf[$0.layer]] > chainOf[chain.lowerBound] + 1 }) {
        makeAllWaiting(pass)
      }
      let transforms = chain.reversed().compactMap { stages[$0].transform }.filter { isReached[$0] }
      for i in transforms { takeSums(i, pass) }
      // The input gradients first: they need the weights as they were.
      goBack(transforms, pass)
      for i in transforms where !sumsUpBeside(i) {
        guard let layer = self.transforms[i], layer.isTrainable, let weight = layer.parameters.first else { continue }
        waiting.append(ParameterGradient(layer: i, tiles: layer.parameterGradientTiles(pass), use: update(weight)))
      }
      if let lowest = normalizedInput?.layer, transforms.contains(lowest) { break }
    }
    // The lowest layer, which has most tiles as a rule, is begun first.
    waiting.reverse()
    makeAllWaiting(pass)
    run(TileGrid(rows: unfinished.count, columns: 1, tileRows: 1, tileColumns: 1)) { tile in
      for i in tile.rows { unfinished[i].finishParameterGradient(pass) }
    }
    normalizedInput?.addUp()
  }

  /// What a transform has to know of the whole batch before it goes back.
  private func takeSums(_ i: Int, _ pass: Pass) {
    guard let layer = transforms[i] else { return }
    if !layer.beginsWithWork { layer.beginBackward(pass) }
    if !sumsAreTaken[stageOf[i]] {
      run(layer.sumTiles(pass)) { layer.addUpGradient(pass, x: input(of: i), dy: gradients[i], tile: $0) }
    }
    layer.finishGradientSums(pass)
  }

  /// Makes the gradients of the inputs of a chain's transforms, from the last to the first, and turns the last one into that
  /// of the transform below. A layer that sums its parameters' gradients up beside its input's does both by chunks.
  private func goBack(_ chain: [Int], _ pass: Pass) {
    var tiles: TileGrid?
    for i in chain {
      guard let layer = transforms[i], makesInputGradient(i) || sumsUpBeside(i) else { continue }
      let own = layer.inputGradientTiles(pass)
      tiles = tiles?.joined(with: own) ?? own
      if makesInputGradient(i), isWanted(i), i > 0, own.hasWholeRows { expectSums(stageOf[i - 1], before: i) }
    }
    guard let tiles else { return }
    let chunks = chain.last { sumsUpBeside($0) }.flatMap { transforms[$0]?.parameterGradientTiles(pass) }
    let grid = chunks ?? tiles
    // Too small to be divided, it would have the other threads called for the parameters' gradients alone.
    let others = grid.count > 1 ? waitingTiles : 0
    run(grid, beside: others) { tile in
      guard chunks != nil || chain.count > 1 else { return goBack(chain[0], pass, tile) }
      for rows in tiles.rows(within: tile.rows) {
        for i in chain {
          let inputs = network.layers[i].inputCount
          goBack(i, pass, Tile(rows: rows, columns: 0..<inputs), chunk: tile.rows)
        }
      }
    } other: {
      makeWaiting(pass, $0)
    }
    if others > 0 { waiting.removeAll(keepingCapacity: true) }
  }

  /// Takes some rows of a transform's output gradient back.
  private func goBack(_ i: Int, _ pass: Pass, _ tile: Tile, chunk: Range<Int> = 0..<0) {
    if sumsUpBeside(i), let layer = transforms[i] as? any ChunkedGradients {
      // First: the gradient of the input may take the place of that of the output.
      layer.addParameterGradient(pass, x: input(of: i), dy: gradients[i], chunk: chunk, rows: tile.rows)
    }
    if makesInputGradient(i) { makeInputGradient(i, pass, tile) }
  }

  /// Whether the gradient of a transform's input is wanted, by the layers below or by who asks for it.
  private func isWanted(_ i: Int) -> Bool { isReached(wiring.sources[i]) || keepsOutputs }

  /// Whether anything is made with the gradient of a transform's input: itself, or what the layer makes along with it.
  private func makesInputGradient(_ i: Int) -> Bool {
    guard isReached[i], i != normalizedInput?.layer, let layer = transforms[i] else { return false }
    return isReached(wiring.sources[i]) || layer.inputGradientIsInPlace && !(layer is any ChunkedGradients)
  }

  /// Whether a transform's parameters get their gradients tile by tile with its input.
  func sumsUpBeside(_ i: Int) -> Bool {
    guard isReached[i], let layer = transforms[i] as? any ChunkedGradients else { return false }
    return layer.sumsUpChunks && layer.isTrainable
  }

  /// Makes a tile of the gradient of a transform's input, and turns it into that of the transform below; or, when it is not
  /// wanted, what the layer makes along with it.
  private func makeInputGradient(_ i: Int, _ pass: Pass, _ tile: Tile) {
    guard let layer = transforms[i] else { return }
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
