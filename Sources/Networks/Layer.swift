import Kernels
import ONNX
import Tensors

/// One pass of a batch through a network.
public struct Pass: Sendable {
  /// What the pass is for.
  public enum Mode: Sendable {
    /// Batch statistics, dropout, everything kept for the gradients.
    case training
    /// Running statistics, no dropout.
    case inference
    /// As inference, but with the dropout family switched on (Gal and Ghahramani 2016); never batch norm.
    case monteCarlo
  }

  /// What the pass is for.
  public var mode: Mode
  /// Rows of the batch.
  public var rows: Int
  /// The key of all random numbers.
  public var seed: UInt64
  /// The step of training, or the number of a Monte-Carlo pass: a word of the random numbers' counter.
  public var step: UInt32
  /// The number of the batch's first row among all rows, so that random numbers do not depend on the batching.
  public var firstRow: Int

  /// A pass.
  public init(_ mode: Mode, rows: Int, seed: UInt64 = 0, step: UInt32 = 0, firstRow: Int = 0) {
    self.mode = mode
    self.rows = rows
    self.seed = seed
    self.step = step
    self.firstRow = firstRow
  }
}

/// A layer of a network: one line of the layer list, its shapes and its parameters.
///
/// A layer is either a `TransformLayer`, which makes new columns or mixes rows, or an `ElementwiseLayer`, which runs
/// on each tile right after the transform that made it, while the tile is in the cache.
public protocol Layer: AnyObject {
  /// The layer's text, canonical: what the layer list says about it.
  var spec: Spec { get set }
  /// The shape of one row of the input.
  var inputShape: [Int] { get }
  /// The shape of one row of the output.
  var outputShape: [Int] { get }
  /// Trained tensors and kept ones, in PyTorch's order.
  var parameters: [Parameter] { get }
  /// Integers that are kept with the layer, such as `num_batches_tracked`.
  var counters: [String: Int] { get set }
  /// The fewest rows of a batch that it can be trained on.
  var needsRows: Int { get }
  /// Whether its output is random in Monte-Carlo prediction, as the dropout family's is.
  var isRandom: Bool { get }
  /// What the backward pass has to find unchanged of this layer's input and output.
  var backwardNeeds: BackwardNeed { get }
  /// Products that are added up for one row of output.
  var multiplyAdds: Int { get }
  /// The numbers of inputs of an output and of outputs of an input, by which initialisers go.
  var fans: (inputs: Int, outputs: Int) { get }
  /// Whether its outputs have the signs of its inputs or are zero, in which case so is the gradient.
  var leavesSigns: Bool { get }
  /// The penalty on its outputs; nil for none.
  var activityPenalty: ActivityPenalty? { get }
  /// Makes what the layer needs besides its output, for batches of up to `capacity` rows.
  func allocate(capacity: Int, index: Int)
  /// Called once before the tiles of a pass: on the calling thread, but for a transform that `beginsWithWork`.
  func begin(_ pass: Pass)
  /// Adds what the layer computes in inference to a graph of ONNX operators; returns its output.
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value
  /// The layer's formula in Float64 and in plain loops: y [rows, outputs] of x [rows, inputs], both row-major, with
  /// `values` for the values of `parameters`, each in PyTorch's shape. What is random is as in the last `forward`.
  ///
  /// This is what gradients are checked against (see `GradientCheck`), so it shares no code with the kernels.
  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double]
}

extension Layer {
  /// None, for most layers.
  public var parameters: [Parameter] { [] }
  /// None, for most layers.
  public var counters: [String: Int] {
    get { [:] }
    set {}
  }
  /// Nothing, for most layers.
  public func allocate(capacity: Int, index: Int) {}
  /// Nothing, for most layers.
  public func begin(_ pass: Pass) {}
  /// One, for most layers.
  public var needsRows: Int { 1 }
  /// No, for most layers.
  public var isRandom: Bool { false }
  /// None, for most layers.
  public var multiplyAdds: Int { 0 }
  /// All values of a row, for most layers.
  public var fans: (inputs: Int, outputs: Int) { (inputCount, outputCount) }
  /// No, for most layers.
  public var leavesSigns: Bool { false }
  /// None, for most layers.
  public var activityPenalty: ActivityPenalty? { nil }
  /// Nothing but its input, for most layers.
  public var backwardNeeds: BackwardNeed { .nothing }
  /// Whether an optimizer may change something here.
  public var isTrainable: Bool { parameters.contains { $0.isTrainable } }
  /// Values in one row of the input.
  public var inputCount: Int { inputShape.reduce(1, *) }
  /// Values in one row of the output.
  public var outputCount: Int { outputShape.reduce(1, *) }
}

/// A layer that computes each output from many inputs: a product, a normalisation over the batch.
public protocol TransformLayer: Layer {
  /// Whether the gradient of the input is made in place of the gradient of the output.
  var inputGradientIsInPlace: Bool { get }
  /// Whether `begin` and `beginBackward` have work worth a thread, so that several layers' are called at the same time.
  var beginsWithWork: Bool { get }

  /// The tiles of the input, all of whole rows, from which `addUp` takes what has to be known of the whole batch before
  /// `forward`; none for most layers.
  func sumTiles(_ pass: Pass) -> TileGrid
  /// Takes the sums of a tile of x; others may be taken at the same time.
  func addUp(_ pass: Pass, x: Matrix, tile: Tile)
  /// Called once between `addUp` of all tiles and `forward`, on the calling thread.
  func finishSums(_ pass: Pass)

  /// The tiles of the output that can be made independently.
  func forwardTiles(_ pass: Pass) -> TileGrid
  /// Makes a tile of y [rows, outputs] from x [rows, inputs].
  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile)

  /// Called once before the backward pass of the layer: on the calling thread, but for a transform that `beginsWithWork`,
  /// which is called before that of all layers.
  func beginBackward(_ pass: Pass)
  /// As `addUp`, over tiles of the same grid, for what has to be known before `inputGradient`.
  func addUpGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile)
  /// Called once between `addUpGradient` of all tiles and `inputGradient`, on the calling thread.
  func finishGradientSums(_ pass: Pass)

  /// The tiles of dx that can be made independently.
  func inputGradientTiles(_ pass: Pass) -> TileGrid
  /// Makes a tile of dx [rows, inputs] from dy [rows, outputs].
  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile)

  /// Makes a tile of what `inputGradient` makes in place besides dx, where nothing below the layer wants dx.
  func parameterGradientAlone(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile)

  /// The tiles of the parameters' gradients: rows stand for inputs, columns for outputs.
  func parameterGradientTiles(_ pass: Pass) -> TileGrid
  /// Makes a tile of the parameters' gradients, or takes a plain gradient step at once when `update` says so.
  func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse)
}

extension TransformLayer {
  /// No, for most layers.
  public var beginsWithWork: Bool { false }
  /// None, for most layers.
  public func sumTiles(_ pass: Pass) -> TileGrid { .none }
  /// Nothing, for most layers.
  public func addUp(_ pass: Pass, x: Matrix, tile: Tile) {}
  /// Nothing, for most layers.
  public func finishSums(_ pass: Pass) {}
  /// Nothing, for most layers.
  public func beginBackward(_ pass: Pass) {}
  /// Nothing, for most layers.
  public func addUpGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile) {}
  /// Nothing, for most layers.
  public func finishGradientSums(_ pass: Pass) {}
  /// All that `inputGradient` makes, for layers with nothing to save.
  public func parameterGradientAlone(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile) {
    inputGradient(pass, x: x, y: dy, dy: dy, dx: dy, tile: tile)
  }
  /// None, for a layer without parameters or one whose `inputGradient` makes their gradients along with dx.
  public func parameterGradientTiles(_ pass: Pass) -> TileGrid { .none }
  /// Nothing; see `parameterGradientTiles`.
  public func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {}
}

/// A transform whose `parameterGradient` makes parts that are to be put together.
public protocol PartialGradients: TransformLayer {
  /// Puts together what `parameterGradient` has made of all tiles; called once after them.
  func finishParameterGradient(_ pass: Pass)
}

/// A transform whose `parameterGradient` may come in pieces, beside the gradient of its input.
public protocol ChunkedGradients: PartialGradients {
  /// Whether the tiles of `parameterGradientTiles` are chunks of rows, each with sums of its own.
  var sumsUpChunks: Bool { get }
  /// Adds some rows to the sums of their chunk: all of its rows come on one thread, in their order.
  func addParameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, chunk: Range<Int>, rows: Range<Int>)
}

/// A transform whose `parameterGradient` can take the step of plain gradient descent itself.
public protocol Descending: TransformLayer {
  /// Whether it can now: the gradients of its parameters are its own alone.
  var mayDescend: Bool { get }
}

/// What becomes of a parameter's gradient.
public enum GradientUse: Sendable {
  /// It is kept for the optimizer.
  case keep
  /// w ← (1 − decay)·w − rate·gradient at once: plain gradient descent needs no gradient buffer.
  /// `decay` applies to weights only.
  case descend(rate: Float, decay: Float)
}

/// A layer that computes each output from the one input at its place.
public protocol ElementwiseLayer: Layer {
  /// Makes a tile of y from x, which may be the same matrix.
  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile)
  /// Multiplies a tile of the gradient by the derivative, in place.
  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile)
}

/// What a layer's derivative is computed from. (A transform always finds its x, which it never overwrites.)
public enum BackwardNeed: Sendable {
  /// Nothing more.
  case nothing
  /// The sign of y, which dropout and scaling by positive numbers leave alone.
  case sign
  /// The values of y.
  case output
  /// The values of x.
  case input
}

extension BackwardNeed {
  /// What of it concerns the layer's output.
  var ofOutput: BackwardNeed { self == .input ? .nothing : self }
}
