import Kernels

/// Runs batches through a network, forward and backward, with all memory made in advance.
///
/// Layers are grouped in stages: a transform and the element-wise layers after it. A stage's output is made tile by
/// tile, the element-wise layers running on each tile while it is in the cache; so does the backward pass. Tiles are
/// shared out over a team of threads; their borders depend on the problem alone, so the team's size never shows.
/// The way back is in ExecutorBackward.swift.
public final class Executor {
  /// A transform (none at the beginning, where element-wise layers may stand on the input) and what follows it.
  struct Stage {
    var transform: Int?
    var tail: Range<Int>
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
  private let team: ThreadTeam
  /// The layers as what they are, so that no tile has to ask.
  let transforms: [(any TransformLayer)?]
  let elementwise: [(any ElementwiseLayer)?]
  let activityPenalties: [ActivityPenalty?]
  /// The sign of the activity penalties' gradients: −1 where the loss is to grow, for penalties are to shrink all the
  /// same.
  public var penaltySign = 1.0
  var stages: [Stage] = []
  /// The output of each layer; one matrix serves neighbours that work in place.
  var outputs: [Matrix] = []
  /// The gradient of each layer's output; made when training starts. One matrix serves layers that work in place.
  var gradients: [Matrix] = []
  /// Where the first layer puts the gradient of the input when every layer keeps its own.
  private var inputGradient: Matrix?
  let keepsOutputs: Bool
  /// Parameter gradients that wait to be made beside something else.
  var waiting: [ParameterGradient] = []
  /// The input of the dense layer above the lowest trained layer, where that is a batch norm.
  private(set) var normalizedInput: NormalizedInput?

  /// The first stage whose output is random in Monte-Carlo prediction; nil when there is none.
  private var firstRandomStage: Int?

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
    transforms = network.layers.map { $0 as? any TransformLayer }
    elementwise = network.layers.map { $0 as? any ElementwiseLayer }
    activityPenalties = network.layers.map(\.activityPenalty)
    // What the backward pass needs of the matrix at hand: of all layers that have worked in it, not the last alone.
    var needed = BackwardNeed.nothing
    for (i, layer) in network.layers.enumerated() {
      layer.allocate(capacity: capacity, index: i)
      let beginsRandomPart = layer.isRandom && firstRandomStage == nil
      let isTransform = transforms[i] != nil
      let beginsStage = isTransform || stages.isEmpty || (keepsPrefix && beginsRandomPart)
      if beginsRandomPart { firstRandomStage = beginsStage ? stages.count : stages.count - 1 }
      if beginsStage {
        stages.append(Stage(transform: isTransform ? i : nil, tail: (isTransform ? i + 1 : i)..<i + 1))
        outputs.append(Matrix(capacity: capacity, columns: layer.outputCount))
        needed = Executor.needOfOutput(layer)
      } else {
        stages[stages.count - 1].tail = stages[stages.count - 1].tail.lowerBound..<i + 1
        if !keepsOutputs, Executor.mayOverwrite(needed, layer) {
          outputs.append(outputs[i - 1])
          if needed == .nothing { needed = Executor.needOfOutput(layer) }
        } else {
          outputs.append(Matrix(capacity: capacity, columns: layer.outputCount))
          needed = Executor.needOfOutput(layer)
        }
      }
    }
  }

  /// The most that a row takes in an executor's matrices without gradients: the inputs of two batches, all outputs.
  public static func largestRowBytes(of network: Network) -> Int {
    let floats = network.layers.reduce(2 * paddedWidth(network.inputCount)) { $0 + paddedWidth($1.outputCount) }
    return floats * MemoryLayout<Float>.size
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
      let sharesGradient = !keepsOutputs && i > 0 && transforms[i]?.inputGradientIsInPlace != false
      gradients.append(
        sharesGradient && gradients[i - 1].columns == layer.outputCount
          ? gradients[i - 1] : Matrix(capacity: capacity, columns: layer.outputCount))
      for parameter in layer.parameters where parameter.isTrainable { parameter.allocateGradient() }
    }
    if keepsOutputs { inputGradient = Matrix(capacity: capacity, columns: network.inputCount) }
    waiting.reserveCapacity(network.layers.count)
    normalizedInput = keepsOutputs ? nil : makeNormalizedInput()
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

  /// Takes the input that was filled ahead for the next batch.
  public func advanceInput() { (input, nextInput) = (nextInput, input) }

  /// Where the gradient of a layer's input is made: the gradient of the output before it.
  func gradient(below layer: Int) -> Matrix { layer > 0 ? gradients[layer - 1] : inputGradient ?? gradients[0] }

  /// The network's output for the last batch, [rows, outputs].
  public var output: Matrix { outputs[outputs.count - 1] }
  /// What a layer made of the last batch, [rows, outputs], by an executor that keeps all outputs.
  public func output(of layer: Int) -> Matrix { outputs[layer] }
  /// The gradient of the loss with respect to a layer's output after `backward`, [rows, outputs], by an executor that
  /// keeps all outputs; nil for layers below the first that is trained, which the gradient does not reach.
  public func gradient(of layer: Int) -> Matrix? {
    guard keepsOutputs, let lowest = network.layers.firstIndex(where: \.isTrainable), layer >= lowest else {
      return nil
    }
    return gradients[layer]
  }
  /// The gradient of the loss with respect to the output: to be filled before `backward`.
  public var outputGradient: Matrix { gradients[gradients.count - 1] }

  /// Whether any layer is random in Monte-Carlo prediction.
  public var isRandom: Bool { firstRandomStage != nil }

  /// Runs the batch in `input` through the layers.
  ///
  /// - Parameters:
  ///   - errands: tiles of work of another kind, which fill the gaps that the first stage's tiles leave.
  public func forward(_ pass: Pass, errands: TileGrid = .none, _ errand: (Tile) -> Void = { _ in }) {
    for (s, stage) in stages.enumerated() { forward(stage, pass, errands: s == 0 ? errands : .none, errand) }
  }

  /// Runs the last batch again from its first random layer on; what comes before has not changed.
  public func forwardFromFirstRandomLayer(_ pass: Pass) {
    for stage in stages[(firstRandomStage ?? stages.count)...] { forward(stage, pass, errands: .none) { _ in } }
  }

  private func forward(_ stage: Stage, _ pass: Pass, errands: TileGrid, _ errand: (Tile) -> Void) {
    let first = stage.transform ?? stage.tail.lowerBound
    for i in first..<max(first + 1, stage.tail.upperBound) { network.layers[i].begin(pass) }
    let x = first == 0 ? input : outputs[first - 1]
    let transform = stage.transform.flatMap { transforms[$0] }
    let tiles =
      transform?.forwardTiles(pass)
      ?? TileGrid(rows: pass.rows, columns: x.columns, tileRows: max(1, 65536 / x.ld), tileColumns: x.columns)
    let y = outputs[first]
    run(tiles, beside: errands.count, divides: errands.count > 1) { tile in
      transform?.forward(pass, x: x, y: y, tile: tile)
      for i in stage.tail {
        elementwise[i]?.forward(pass, x: i == 0 ? input : outputs[i - 1], y: outputs[i], tile: tile)
      }
    } other: {
      errand(errands[$0])
    }
  }

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
