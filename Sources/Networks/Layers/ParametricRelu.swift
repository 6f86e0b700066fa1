import Kernels
import Tensors

/// `prelu`: y = x above 0, a·x below, with a learnt: one for the layer, or one for each feature with `shared=no` (He et
/// al. 2015; PyTorch's PReLU, num_parameters 1 or the features), or channel of images.
final class ParametricRelu: TransformLayer {
  static let kind = LayerKind(
    "prelu", arguments: "SLOPE=0.25", keys: "shared=yes lr= name=", initializer: "he_normal",
    summary: "x above 0, a·x below, where a begins at SLOPE and is learnt"
  ) { spec, input throws(Failure) in try ParametricRelu(spec, input: input) }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  var parameters: [Parameter] { [slope] }
  let inputGradientIsInPlace = true
  private let slope: Parameter
  /// The slope of each column and the gradient of each.
  private var slopes = AlignedBuffer<Float>(count: 0)
  private var gradients = AlignedBuffer<Float>(count: 0)

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    let start = try reader.number("slope", positional: true, in: .any, default: 0.25)
    let isShared = try reader.flag("shared", default: true)
    let factor = try reader.learningRateFactorAndName()
    try reader.finish()
    self.spec = spec
    inputShape = input
    let channels = try Shape.channels(input, for: spec).count
    slope = Parameter("weight", shape: [isShared ? 1 : channels], role: .slope, startingAt: Float(start))
    slope.learningRateFactor = factor
  }

  func allocate(capacity: Int, index: Int) {
    let stored = panelCount(inputCount) * panelWidth
    (slopes, gradients) = (AlignedBuffer<Float>(count: stored), AlignedBuffer<Float>(count: stored))
  }

  func begin(_ pass: Pass) {
    for c in 0..<inputCount { slopes[c] = slope.values[c % slope.count] }
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, wholeRows: 192)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    kernels.slopeForward(
      x: x.pointer, ldx: x.ld, rows: tile.rows, columns: tile.columns, slope: slopes.pointer, y: y.pointer, ldy: y.ld)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    x.indices.map { i in x[i] > 0 ? x[i] : x[i] * values[0][i % slope.count] }
  }

  /// Whole columns, whose gradients are sums over the rows.
  func inputGradientTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, tileRows: pass.rows, tileColumns: max(32, 16384 / pass.rows))
  }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    kernels.slopeBackward(
      x: x.pointer, ldx: x.ld, dy: dy.pointer, lddy: dy.ld, rows: pass.rows, columns: tile.columns,
      slope: slopes.pointer, dslope: gradients.pointer)
  }

  func parameterGradientTiles(_ pass: Pass) -> TileGrid { TileGrid(rows: 1, columns: 1, tileRows: 1, tileColumns: 1) }

  /// Takes the sums of the gradients of the columns that share a slope, once `inputGradient` has made them.
  func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    guard let gradient = slope.gradient else { return }
    for s in 0..<slope.count {
      gradient[s] = Float(stride(from: s, to: inputCount, by: slope.count).reduce(0.0) { $0 + Double(gradients[$1]) })
    }
  }
}
