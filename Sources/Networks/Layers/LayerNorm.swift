import Kernels
import Tensors

/// `layernorm`: y = (x − mean)/√(variance + eps)·γ + β, with the mean and the biased variance of each row (Ba, Kiros and
/// Hinton 2016; PyTorch's LayerNorm over all features), in training and inference alike.
///
/// Of images γ and β are [channels, height, width], as those of PyTorch's LayerNorm over that shape.
final class LayerNorm: TransformLayer {
  static let kind = LayerKind(
    "layernorm", keys: "eps=1e-5 lr= name=",
    summary: "layer normalisation: as bn, with the mean and variance of each row"
  ) { spec, input throws(Failure) in try LayerNorm(spec, input: input) }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let parameters: [Parameter]
  let inputGradientIsInPlace = false
  let epsilon: Double
  private let gamma: Parameter
  private let beta: Parameter
  /// Statistics of the batch's rows, [capacity]; kept for the backward pass.
  private var mean: AlignedBuffer<Float>
  private var inverseStd: AlignedBuffer<Float>

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    epsilon = try reader.number("eps", in: .positive, default: 1e-5)
    let factor = try reader.learningRateFactorAndName()
    try reader.finish()
    self.spec = spec
    inputShape = input
    var (shape, layout) = (input, Parameter.Layout?.none)
    if input.count != 1 {
      let (height, width, channels) = try Shape.image(input, for: spec)
      (shape, layout) = ([channels, height, width], .image(channels: channels, height: height, width: width))
    }
    gamma = Parameter("weight", shape: shape, role: .norm, startingAt: 1, layout: layout)
    beta = Parameter("bias", shape: shape, role: .norm, layout: layout)
    parameters = [gamma, beta]
    gamma.learningRateFactor = factor
    beta.learningRateFactor = factor
    (mean, inverseStd) = (AlignedBuffer<Float>(count: 0), AlignedBuffer<Float>(count: 0))
  }

  func allocate(capacity: Int, index: Int) {
    (mean, inverseStd) = (AlignedBuffer<Float>(count: capacity), AlignedBuffer<Float>(count: capacity))
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, wholeRows: 65536 / inputCount)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    kernels.layerNormForward(
      x: x.pointer, ldx: x.ld, rows: tile.rows, columns: inputCount, epsilon: epsilon, gamma: gamma.values.pointer,
      beta: beta.values.pointer, mean: mean.pointer, inverseStd: inverseStd.pointer, y: y.pointer, ldy: y.ld)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    (0..<pass.rows).flatMap { row in
      let row = x[row * inputCount..<(row + 1) * inputCount]
      let mean = row.reduce(0, +) / Double(inputCount)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inputCount)
      // An image's channels are last here and first in the parameters.
      let channels = inputShape.count == 3 ? inputShape[2] : 1
      return row.enumerated().map { i, x in
        let k = i % channels * (inputCount / channels) + i / channels
        return (x - mean) / (variance + epsilon).squareRoot() * values[0][k] + values[1][k]
      }
    }
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid { forwardTiles(pass) }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    kernels.layerNormInputGradient(
      x: x.pointer, ldx: x.ld, dy: dy.pointer, lddy: dy.ld, rows: tile.rows, columns: inputCount, mean: mean.pointer,
      inverseStd: inverseStd.pointer, gamma: gamma.values.pointer, dx: dx.pointer, lddx: dx.ld)
  }

  /// All inputs of a column at once: its sums run over the rows of the batch.
  func parameterGradientTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: 1, columns: inputCount, tileRows: 1, tileColumns: max(32, 16384 / pass.rows))
  }

  func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    guard let dgamma = gamma.gradient, let dbeta = beta.gradient else { return }
    kernels.layerNormParameterGradient(
      x: x.pointer, ldx: x.ld, dy: dy.pointer, lddy: dy.ld, rows: pass.rows, columns: tile.columns, mean: mean.pointer,
      inverseStd: inverseStd.pointer, dgamma: dgamma.pointer, dbeta: dbeta.pointer)
  }
}
