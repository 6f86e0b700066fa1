import Kernels
import Tensors

/// `dense:UNITS`: y = x·Wᵀ + b, with W [units, inputs] and b [units] (PyTorch's Linear).
final class Dense: Descending {
  static let kind = LayerKind(
    "dense", arguments: "UNITS", keys: WeightOptions.keys, initializer: "glorot_uniform",
    summary: "fully connected: y = x·Wᵀ + b"
  ) { spec, input throws(Failure) in
    var reader = SpecReader(spec)
    let units = try reader.units()
    let options = try WeightOptions(&reader)
    try reader.finish()
    return try Dense(spec, input: input, units: units, options: options)
  }

  var spec: Spec
  let inputShape: [Int]
  let outputShape: [Int]
  let parameters: [Parameter]
  let weight: Parameter
  private let bias: Parameter?
  let inputGradientIsInPlace = false
  let activityPenalty: ActivityPenalty?
  var multiplyAdds: Int { weight.count }
  /// The weights that a pass multiplies with, laid out as `weight`'s values, in whose place they are when some are dropped.
  var droppedWeights: AlignedBuffer<Float>?
  private var weightsInUse: AlignedBuffer<Float> { droppedWeights ?? weight.values }

  /// Whether a decoder multiplies by the weights too, and adds to their gradient.
  var isTied = false
  var mayDescend: Bool { !isTied }

  /// The input in training where it is a batch norm's that takes its gradients from this layer's weights.
  var normalizedInput: NormalizedInput?

  init(_ spec: Spec, input: [Int], units: Int, options: WeightOptions) throws(Failure) {
    try Shape.requireFlat(input, for: spec)
    guard units.multipliedReportingOverflow(by: input[0]).partialValue <= 1 << 31 else {
      throw .usage("\(spec): \(units) × \(input[0]) weights are more than 2³¹")
    }
    self.spec = spec
    inputShape = input
    outputShape = [units]
    weight = Parameter("weight", shape: [units, input[0]], role: .weight)
    bias = options.hasBias ? Parameter("bias", shape: [units], role: .bias) : nil
    parameters = [weight] + (bias.map { [$0] } ?? [])
    activityPenalty = options.activityPenalty
    options.apply(weight: weight, bias: bias)
  }

  func allocate(capacity: Int, index: Int) {
    normalizedInput = nil  // another executor's
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: outputCount, terms: inputCount)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    kernels.denseForward(
      x: x.pointer, ldx: x.ld, rows: tile.rows, inputs: inputCount, w: weightsInUse.pointer,
      bias: bias?.values.pointer, panels: tile.panels, y: y.pointer, ldy: y.ld, accumulate: false)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    var y = [Double](repeating: 0, count: pass.rows * outputCount)
    for row in 0..<pass.rows {
      for output in 0..<outputCount {
        var sum = values.count > 1 ? values[1][output] : 0
        for k in 0..<inputCount { sum += x[row * inputCount + k] * values[0][output * inputCount + k] }
        y[row * outputCount + output] = sum
      }
    }
    return y
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid {
    // Each tile transposes its part of the weights once, so rows are not cut; and reads all of dy, which pays for 64
    // columns and more where there are enough of them.
    let worthATile = 400_000 / (pass.rows * outputCount)
    return TileGrid(
      rows: pass.rows, columns: inputCount, tileRows: pass.rows,
      tileColumns: max(min(64, inputCount / 16), min(128, worthATile)))
  }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    kernels.denseInputGradient(
      dy: dy.pointer, ldy: dy.ld, rows: tile.rows, outputs: outputCount, w: weightsInUse.pointer,
      totalInputs: inputCount, inputs: tile.columns, dx: dx.pointer, ldx: dx.ld, accumulate: false)
  }

  func parameterGradientTiles(_ pass: Pass) -> TileGrid {
    normalizedInput?.tiles ?? TileGrid(inputs: inputCount, outputs: outputCount, batch: pass.rows)
  }

  func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    var (weightTarget, biasTarget) = (weight.gradient, bias?.gradient)
    var (scale, beta): (Float, Float) = (1, 0)
    var biasBeta: Float = 0
    if case .descend(let rate, let decay) = update {
      (weightTarget, biasTarget) = (weight.values, bias?.values)
      (scale, beta, biasBeta) = (-rate, 1 - decay, 1)
    }
    if let weightTarget, let input = normalizedInput {
      let sums = input.sums(tile)
      kernels.denseScaledInputGradients(
        x: input.values.pointer, ldx: input.values.ld, inputScale: input.gamma.values.pointer,
        inputShift: input.beta.values.pointer, dy: dy.pointer, ldy: dy.ld, rows: pass.rows, totalInputs: inputCount,
        panels: tile.panels, w: weight.values.pointer, dw: weightTarget.pointer, scale: scale, beta: beta,
        scaleSums: sums.gamma, shiftSums: sums.beta)
    } else if let weightTarget, weight.isTrainable {
      kernels.denseWeightGradient(
        x: x.pointer, ldx: x.ld, dy: dy.pointer, ldy: dy.ld, rows: pass.rows, totalInputs: inputCount,
        inputs: tile.rows, panels: tile.panels, dw: weightTarget.pointer, scale: scale, beta: beta)
    }
    // The first tile of each column of tiles takes the bias along.
    if let biasTarget, let bias, bias.isTrainable, tile.rows.lowerBound == 0 {
      kernels.biasGradient(
        dy: dy.pointer, ldy: dy.ld, rows: pass.rows, columns: tile.columns, db: biasTarget.pointer, scale: scale,
        beta: biasBeta)
    }
  }
}

extension SpecReader {
  /// The number of outputs, which stands first.
  mutating func units() throws(Failure) -> Int {
    guard spec.values.first != nil || spec["units"] != nil else {
      throw failure("'units' is due, the number of outputs: \(spec.name):100")
    }
    return try integer("units", positional: true, in: 1...1_000_000)
  }
}
