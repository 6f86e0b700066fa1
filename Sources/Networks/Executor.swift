import Kernels

/// Runs batches through a network, forward and backward, with all memory made in advance.
///
/// Layers are grouped in stages: a transform and the element-wise layers after it. A stage's output is made tile by
/// tile, the element-wise layers running on each tile while it is in the cache; so does the backward pass. Stages that work
/// row by row are joined in chains, which share their tiles, so that rows are fetched from memory once for several layers.
/// Tiles are shared out over a team of threads; their borders depend on the problem alone, so the team's size never shows.
/// The way there is in ExecutorForward.swift, the way back in ExecutorBackward.swift.
///
/// Residual blocks run in the order of the list. What comes before a block stays as it is until the block has ended; on
/// the way back its gradient comes from both branches, of which the one that is first made is kept in `skipped`.
public final class Executor {
  /// A transform and what follows it; none where element-wise layers stand on the input, or at the beginning of a
  /// shortcut.
  struct Stage {
    var transform: Int?
    var tail: Range<Int>
    var first: Int { transform ?? tail.lowerBound }
    var last: Int { tail.upperBound - 1 }
  }

  /// The parameters' gradients of a transform, which nothing else in a backward pass waits for.
  struct ParameterGradient {
    var layer: Int
    var tiles: TileGrid
    var use: GradientUse
  }

  /// The network that is run.
  public let network: Network
  /// Rows there is room for.
  public let capacity: Int
  /// The input of the batch, [rows, inputs]: to be filled before `forward`.
  public private(set) var input: Matrix
  /// The input of the batch after it, which may be filled while this one is worked on.
  public private(set) lazy var nextInput = Matrix(capacity: capacity, columns: network.inputCount)
  /// The input that can be filled, while another's memory is the input.
  private var ownInput: Matrix?
  let team: ThreadTeam
  let wiring: Wiring
  /// The layers as what they are, so that no tile has to ask.
  let transforms: [(any TransformLayer)?]
  let elementwise: [(any ElementwiseLayer)?]
  /// The transforms that begin a pass with work, which is done before the first stage.
  let beginningWithWork: [Int]
  let blockEnds: [BlockEnd?]
  let activityPenalties: [ActivityPenalty?]
  /// The sign of the activity penalties' gradients: −1 where the loss is to grow, for penalties are to shrink all the
  /// same.
  public var penaltySign = 1.0
  var stages: [Stage] = []
  /// The stage of each layer; −1 for a mark before the first.
  var stageOf: [Int] = []
  /// The output of each layer, which a mark shares with the layer it stands for; one matrix serves neighbours that work in
  /// place.
  var outputs: [Matrix] = []
  /// The gradient of each layer's output; made when training starts. One matrix serves layers that work in place.
  var gradients: [Matrix] = []
  /// For each block the gradient of what comes before it as its shortcut, or without one its end, gives it.
  var skipped: [Matrix] = []
  /// Whether a layer, or one that it takes anything from, is trained: the gradient has to come so far.
  var isReached: [Bool] = []
  /// The stages in chains of those that go back tile by tile together: one that makes the gradient of its input in place
  /// of that of its output, row by row, and the one below it.
  private(set) var chains: [Range<Int>] = []
  /// The chain of each stage, and the number of chains at the end.
  private(set) var chainOf: [Int] = []
  /// The layers whose parameters' gradients are put together at the end of a backward pass.
  var unfinished: [any PartialGradients] = []
  /// Whether gradients lie in the same memory one after the other, so that what reads them must not wait long.
  var gradientsTakeTurns = false
  /// Whether the sums before each stage's backward pass have been taken beside the gradient.
  var sumsAreTaken: [Bool] = []
  /// Where the first layer puts the gradient of the input when every layer keeps its own.
  private var inputGradient: Matrix?
  let keepsOutputs: Bool
  /// Parameter gradients that wait to be made beside something else.
  var waiting: [ParameterGradient] = []
  /// The input of the dense layer above the lowest trained layer, where that is a batch norm.
  private(set) var normalizedInput: NormalizedInput?

  /// The first stage whose output is random in Monte-Carlo prediction; nil when there is none.
  private(set) var firstRandomStage: Int?

  /// Memory for batches of up to `capacity` rows.
  ///
  /// - Parameters:
  ///   - keepsPrefix: whether what comes before the first random layer is kept apart, so that
  ///     `forwardFromFirstRandomLayer` can repeat the rest.
  ///   - keepsOutputs: whether every layer has matrices of its own, so that `output(of:)` and `gradient(of:)` can be
  ///     asked for any.
  public init(
    _ network: Network, capacity: Int, team: ThreadTeam, keepsPrefix: Bool = false, keepsOutputs: Bool = false
  ) {
    self.network = network
    self.capacity = capacity
    self.team = team
    self.keepsOutputs = keepsOutputs
    input = Matrix(capacity: capacity, columns: network.inputCount)
    wiring = network.wiring
    blockEnds = network.layers.map { $0 as? BlockEnd }
    transforms = network.layers.map { $0 as? any TransformLayer }
    beginningWithWork = network.layers.indices.filter {
      (network.layers[$0] as? any TransformLayer)?.beginsWithWork == true
    }
    elementwise = network.layers.map { $0 as? any ElementwiseLayer }
    activityPenalties = network.layers.map(\.activityPenalty)
    // What the backward pass needs of the matrix at hand: of all layers that have worked in it, not the last alone.
    var needed = BackwardNeed.nothing
    var beginsShortcut = false
    for (i, layer) in network.layers.enumerated() {
      layer.allocate(capacity: capacity, index: network.firstPosition + i)
      let source = wiring.sources[i]
      if wiring.isMark(i) {
        outputs.append(source == Wiring.input ? input : outputs[source])
        if beginsShortcut {
          // A block that begins a shortcut: its layers' tiles are not those of the branch before.
          stages.append(Stage(transform: nil, tail: i..<i + 1))
        } else if !stages.isEmpty {
          stages[stages.count - 1].tail = stages[stages.count - 1].tail.lowerBound..<i + 1
        }
        stageOf.append(stages.count - 1)
        // What comes before the block is needed until its end.
        needed = .output
        beginsShortcut = wiring.blockTurningAt[i] != nil
        continue
      }
      let beginsRandomPart = layer.isRandom && firstRandomStage == nil
      let isTransform = transforms[i] != nil
      let beginsStage = isTransform || stages.isEmpty || beginsShortcut || (keepsPrefix && beginsRandomPart)
      beginsShortcut = false
      if beginsRandomPart { firstRandomStage = beginsStage ? stages.count : stages.count - 1 }
      if beginsStage {
        stages.append(Stage(transform: isTransform ? i : nil, tail: (isTransform ? i + 1 : i)..<i + 1))
        outputs.append(Matrix(capacity: capacity, columns: layer.outputCount))
        needed = Executor.needOfOutput(layer)
      } else {
        stages[stages.count - 1].tail = stages[stages.count - 1].tail.lowerBound..<i + 1
        if !keepsOutputs, Executor.mayOverwrite(needed, layer) {
          outputs.append(outputs[source])
          if needed == .nothing { needed = Executor.needOfOutput(layer) }
        } else {
          outputs.append(Matrix(capacity: capacity, columns: layer.outputCount))
          needed = Executor.needOfOutput(layer)
        }
      }
      stageOf.append(stages.count - 1)
    }
  }

  /// Rows of a batch in prediction: so many at most, or as few as it takes for the executor's matrices to have no more than
  /// 256 MiB.
  public static func batchRows(of network: Network, atMost rows: Int) -> Int {
    let floats = network.layers.reduce(2 * paddedWidth(network.inputCount)) { $0 + paddedWidth($1.outputCount) }
    return min(rows, max(1, (1 << 28) / (floats * MemoryLayout<Float>.size)))
  }

  /// What the backward pass has to find unchanged of a layer's output: all of it where its penalty is taken from it.
  private static func needOfOutput(_ layer: any Layer) -> BackwardNeed {
    layer.activityPenalty == nil ? layer.backwardNeeds.ofOutput : .output
  }

  /// Whether an element-wise layer may work in place in a matrix of which something is needed.
  private static func mayOverwrite(_ needed: BackwardNeed, _ layer: any Layer) -> Bool {
    if layer.backwardNeeds == .input { return false }
    switch needed {
    case .nothing, .input: return true
    case .sign: return layer.leavesSigns
    case .output: return false
    }
  }

  /// Makes memory for the gradients.
  public func allocateGradients() {
    guard gradients.isEmpty else { return }
    for (i, layer) in network.layers.enumerated() {
      let block = wiring.blockEndingAt[i].map { wiring.blocks[$0] }
      let isOtherReached = block.map { isReached(wiring.otherSource(of: $0)) } ?? false
      isReached.append(layer.isTrainable || isReached(wiring.sources[i]) || isOtherReached)
      guard layer.isTrainable else { continue }
      for parameter in layer.parameters where parameter.isTrainable { parameter.allocateGradient() }
      if let partial = layer as? any PartialGradients { unfinished.append(partial) }
    }
    joinStages()
    if keepsOutputs { inputGradient = Matrix(capacity: capacity, columns: network.inputCount) }
    let (memory, ofLayers, ofBlocks) = gradientMemory()
    let matrices = memory.matrices(capacity: capacity)
    (gradients, skipped) = (ofLayers.map { matrices[$0] }, ofBlocks.map { matrices[$0] })
    gradientsTakeTurns = memory.uses.contains(where: \.isOfImages)
    sumsAreTaken = stages.map { _ in false }
    waiting.reserveCapacity(network.layers.count)
    normalizedInput = keepsOutputs ? nil : makeNormalizedInput()
  }

  /// See `chains`. More stages than two would want more gradients at the same time, which would no longer fit the cache.
  private func joinStages() {
    let pass = Pass(.training, rows: capacity)
    for s in stages.indices {
      if let chain = chains.last, let upper = stages[s].transform.flatMap({ transforms[$0] }),
        let lower = stages[s - 1].transform.flatMap({ transforms[$0] }), upper.inputGradientIsInPlace,
        !(upper is any ChunkedGradients), lower.sumTiles(pass).count == 0,
        upper.inputGradientTiles(pass).joined(with: lower.inputGradientTiles(pass)) != nil
      {
        chains[chains.count - 1] = chain.lowerBound..<s + 1
      } else {
        chains.append(s..<s + 1)
      }
    }
    chainOf = chains.enumerated().flatMap { number, chain in chain.map { _ in number } } + [chains.count]
  }

  /// See `NormalizedInput`.
  private func makeNormalizedInput() -> NormalizedInput? {
    let layers = network.layers
    guard let lowest = layers.firstIndex(where: \.isTrainable), lowest + 1 < layers.count,
      let norm = layers[lowest] as? BatchNorm, let dense = layers[lowest + 1] as? Dense, dense.weight.isTrainable
    else { return nil }
    let input = norm.normalizedOutput(capacity: capacity, above: lowest + 1, outputs: dense.outputCount)
    dense.normalizedInput = input
    return input
  }

  /// Takes a batch from where it lies, for the passes until `endView`; it is only read.
  public func viewInput(_ rows: Matrix) {
    if ownInput == nil { ownInput = input }
    input = rows
  }

  /// Takes back the input that can be filled.
  public func endView() {
    if let own = ownInput { input = own }
    ownInput = nil
  }

  /// When which gradient is in use, and the numbers of those of layers and of blocks.
  private func gradientMemory() -> (GradientMemory, layers: [Int], blocks: [Int]) {
    var memory = GradientMemory()
    func add(_ shape: [Int], _ first: Int, _ last: Int) -> Int {
      memory.add(
        GradientMemory.Use(
          columns: shape.reduce(1, *), first: first, last: last, isOfImages: shape.count > 1 && !keepsOutputs))
    }
    func time(_ stage: Int) -> Int { stage < 0 ? -1 : chainOf[stage] }
    // When the way back goes through a layer after a transform: with the tiles of the stage after it, or where a shortcut
    // begins before the next transform with the end of the shortcut's block.
    func passage(_ i: Int) -> Int {
      let tail = network.layers.indices[(i + 1)...].prefix { stageOf[$0] == stageOf[i] }
      guard let block = tail.lazy.compactMap({ self.wiring.blockTurningAt[$0] }).first else {
        return time(stageOf[i] + 1)
      }
      return passage(wiring.blocks[block].end)
    }
    let blocks = wiring.blocks.map {
      add(network.layers[$0.start].outputShape, passage($0.end), time(stageOf[$0.start] + 1))
    }
    var numbers: [Int] = []
    for (i, layer) in network.layers.enumerated() {
      let below = i > 0 ? wiring.blockTurningAt[i - 1].map { blocks[$0] } ?? numbers[i - 1] : nil
      let (now, above) = (time(stageOf[i]), passage(i))
      // A parameter's gradient may still be made beside the next chain.
      let last = transforms[i] == nil || sumsUpBeside(i) ? now : now - 1
      let worksInPlace = wiring.isMark(i) || (!keepsOutputs && transforms[i]?.inputGradientIsInPlace != false)
      if worksInPlace, let below, memory.uses[below].columns == layer.outputCount {
        numbers.append(below)
        memory.extend(below, first: now, last: last)
      } else {
        numbers.append(add(layer.outputShape, now, last))
      }
      // What follows a transform goes back with the tiles of the stage after it.
      if !wiring.isMark(i), let below { memory.extend(below, first: transforms[i] == nil ? above : now, last: now) }
      if let block = wiring.blockEndingAt[i] {
        let other = wiring.otherSource(of: wiring.blocks[block])
        if other != Wiring.input { memory.extend(numbers[other], first: above, last: now) }
      }
    }
    if let last = numbers.last { memory.extend(last, first: chains.count, last: chains.count) }
    return (memory, numbers, blocks)
  }

  /// Whether the gradient of a layer's output is wanted.
  func isReached(_ source: Int) -> Bool { source != Wiring.input && isReached[source] }

  /// Where a layer puts the gradient of its input: with that of the output before it, which of a mark is that of the layer
  /// it stands for, or where the first layer of a shortcut keeps it for the block's beginning; nil for the first layer
  /// where nobody asks.
  private func gradientBelow(_ i: Int) -> Matrix? {
    guard i > 0 else { return inputGradient }
    return wiring.blockTurningAt[i - 1].map { skipped[$0] } ?? gradients[i - 1]
  }

  /// Takes the input that was filled ahead for the next batch.
  public func advanceInput() { (input, nextInput) = (nextInput, input) }

  /// What a layer takes.
  func input(of layer: Int) -> Matrix {
    wiring.sources[layer] == Wiring.input ? input : outputs[wiring.sources[layer]]
  }

  /// Where the gradient of a layer's input is made.
  func gradient(below layer: Int) -> Matrix { gradientBelow(layer) ?? gradients[layer] }

  /// The network's output for the last batch, [rows, outputs].
  public var output: Matrix { outputs[outputs.count - 1] }
  /// What a layer made of the last batch, [rows, outputs], by an executor that keeps all outputs.
  public func output(of layer: Int) -> Matrix { outputs[layer] }
  /// The gradient of the loss with respect to a layer's output after `backward`, [rows, outputs], by an executor that
  /// keeps all outputs; nil for layers below the first that is trained, which the gradient does not reach.
  public func gradient(of layer: Int) -> Matrix? {
    keepsOutputs && isReached[layer] ? gradients[layer] : nil
  }
  /// The gradient of the loss with respect to the output: to be filled before `backward`.
  public var outputGradient: Matrix { gradients[gradients.count - 1] }

  /// Whether any layer is random in Monte-Carlo prediction.
  public var isRandom: Bool { firstRandomStage != nil }

  /// Runs tiles, and `others` more of another kind beside them: on the calling thread alone unless one kind is worth
  /// dividing, for the other threads would take longer to come than the work takes.
  func run(
    _ tiles: TileGrid, beside others: Int = 0, divides: Bool = false, _ body: (Tile) -> Void,
    other: (Int) -> Void = { _ in }
  ) {
    let count = tiles.count
    team.forEach(count + others, alone: count <= 1 && !divides) { i in
      if i < count { body(tiles[i]) } else { other(i - count) }
    }
  }

  /// The penalties on the outputs of the last batch, of so many rows; nil when no layer has one.
  public func activityPenalty(rows: Int) -> Double? {
    guard activityPenalties.contains(where: { $0 != nil }) else { return nil }
    var sum = 0.0
    for (penalty, output) in zip(activityPenalties, outputs) {
      guard let penalty else { continue }
      sum += penalty.value(of: (0..<rows).lazy.flatMap { output[row: $0] }.map(Double.init), rows: rows)
    }
    return sum
  }
}
