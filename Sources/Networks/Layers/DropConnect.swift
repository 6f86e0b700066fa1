import Kernels
import Tensors

/// `dropconnect:UNITS:P`: a dense layer of which, in training, each weight is dropped with probability P, another choice
/// at each step: y = x·(M∘W)ᵀ/(1 − P) + b, with M [units, inputs] of zeros and ones (Wan et al. 2013).
///
/// Inference takes W as it is, the mean over all M. The gradient of W is masked as W is.
final class DropConnect: TransformLayer {
  static let kind = LayerKind(
    "dropconnect", arguments: "UNITS:P=0.5", keys: WeightOptions.keys, initializer: "glorot_uniform",
    summary: "dense, but in training each weight is dropped with probability P, the others times 1/(1 − P)"
  ) { spec, input throws(Failure) in try DropConnect(spec, input: input) }

  /// What is left when nothing is dropped.
  private let dense: Dense
  private let probability: Double
  private var index = 0
  /// One byte a weight, in the order of `Parameter.values`: whether it was kept.
  private var mask: AlignedBuffer<UInt8>?
  /// The weights that were kept, scaled, and zeros.
  private var kept: AlignedBuffer<Float>?

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    let units = try reader.units()
    probability = try reader.number("p", positional: true, in: .belowOne, default: 0.5)
    let options = try WeightOptions(&reader)
    try reader.finish()
    dense = try Dense(spec, input: input, units: units, options: options)
  }

  var spec: Spec {
    get { dense.spec }
    set { dense.spec = newValue }
  }
  var inputShape: [Int] { dense.inputShape }
  var outputShape: [Int] { dense.outputShape }
  var parameters: [Parameter] { dense.parameters }
  var activityPenalty: ActivityPenalty? { dense.activityPenalty }
  var multiplyAdds: Int { dense.multiplyAdds }
  var backwardNeeds: BackwardNeed { dense.backwardNeeds }
  var inputGradientIsInPlace: Bool { dense.inputGradientIsInPlace }
  let isRandom = true

  func allocate(capacity: Int, index: Int) {
    self.index = index
    mask = AlignedBuffer<UInt8>(count: dense.weight.values.count)
    kept = AlignedBuffer<Float>(count: dense.weight.values.count)
  }

  private var scale: Float { Float(1 / (1 - probability)) }

  /// Draws the mask of the pass: one for all its rows, and so for all batches of one Monte-Carlo pass.
  func begin(_ pass: Pass) {
    dense.begin(pass)
    guard pass.mode != .inference, let mask, let kept else {
      dense.droppedWeights = nil
      return
    }
    let count = dense.weight.values.count
    let purpose = pass.mode == .training ? RandomPurpose.dropout : RandomPurpose.monteCarlo
    kernels.dropoutMask(
      key: pass.seed, stream: (pass.step, purpose + UInt32(index)), p: probability, rows: 0..<count / panelWidth,
      columns: 0..<panelWidth, mask: mask.pointer, ld: panelWidth)
    kept.pointer.update(from: dense.weight.values.pointer, count: count)
    apply(mask, to: kept, 0..<count)
    dense.droppedWeights = kept
  }

  private func apply(_ mask: AlignedBuffer<UInt8>, to weights: AlignedBuffer<Float>, _ range: Range<Int>) {
    let first = range.lowerBound
    kernels.dropoutApply(
      mask: mask.pointer + first, ldMask: range.count, y: weights.pointer + first, ldy: range.count, rows: 1,
      columns: range.count, scale: scale, shift: 0, dropped: 0)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    guard pass.mode != .inference, let mask else { return dense.reference(x, values: values, pass) }
    var values = values
    for output in 0..<outputCount {
      for k in 0..<inputCount {
        let flag = mask[(output / panelWidth * inputCount + k) * panelWidth + output % panelWidth]
        values[0][output * inputCount + k] *= flag == 0 ? 0 : 1 / (1 - probability)
      }
    }
    return dense.reference(x, values: values, pass)
  }

  func forwardTiles(_ pass: Pass) -> TileGrid { dense.forwardTiles(pass) }
  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) { dense.forward(pass, x: x, y: y, tile: tile) }

  func inputGradientTiles(_ pass: Pass) -> TileGrid { dense.inputGradientTiles(pass) }
  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    dense.inputGradient(pass, x: x, y: y, dy: dy, dx: dx, tile: tile)
  }

  func parameterGradientTiles(_ pass: Pass) -> TileGrid { dense.parameterGradientTiles(pass) }
  func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    dense.parameterGradient(pass, x: x, dy: dy, tile: tile, update: update)
    guard dense.weight.isTrainable, let gradient = dense.weight.gradient, let mask else { return }
    for panel in tile.panels {
      let first = panel * inputCount
      apply(
        mask, to: gradient, (first + tile.rows.lowerBound) * panelWidth..<(first + tile.rows.upperBound) * panelWidth)
    }
  }
}
