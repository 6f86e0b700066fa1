import Kernels
import Tensors

/// `bn`: y = (x − mean)/√(variance + eps)·γ + β, per feature (Ioffe and Szegedy 2015; PyTorch's BatchNorm1d), or of
/// images per channel, over all their positions (BatchNorm2d; see BatchNormImages.swift).
///
/// Training takes mean and biased variance of the batch and moves the running ones:
/// running ← (1 − momentum)·running + momentum·batch, with the unbiased variance. Inference, and a frozen layer,
/// take the running ones.
final class BatchNorm: TransformLayer, RunningStatistics {
  static let kind = LayerKind(
    "bn", keys: "momentum=0.1 eps=1e-5 weight=1 lr= name=",
    summary: "batch normalisation: y = (x − mean)/√(variance + eps)·γ + β"
  ) { spec, input throws(Failure) in try BatchNorm(spec, input: input) }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let parameters: [Parameter]
  var counters = ["num_batches_tracked": 0]
  let inputGradientIsInPlace = true
  var needsRows: Int { positions > 1 ? 1 : 2 }
  var countsBatchesEqually = false
  private let momentum: Double
  let epsilon: Double
  /// Features, or an image's channels.
  let channels: Int
  /// Positions of an image; 1 for a plain row.
  let positions: Int
  let gamma: Parameter
  let beta: Parameter
  let runningMean: Parameter
  private let runningVariance: Parameter
  /// Statistics in use, [features]: the batch's in training, the running ones otherwise.
  var mean = AlignedBuffer<Float>(count: 0)
  var variance = AlignedBuffer<Float>(count: 0)
  var inverseStd = AlignedBuffer<Float>(count: 0)
  var zeros = AlignedBuffer<Float>(count: 0)
  private var ones = AlignedBuffer<Float>(count: 0)
  /// Where the layer above finds x̂, if that one makes the gradients of γ and β.
  private var normalizedOutput: NormalizedInput?
  var unusedGradients = (AlignedBuffer<Float>(count: 0), AlignedBuffer<Float>(count: 0))
  /// What images need besides.
  var images = ImageSums(capacity: 0, channels: 0)

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    momentum = try reader.number("momentum", in: .share, default: 0.1)
    epsilon = try reader.number("eps", in: .positive, default: 1e-5)
    let start = try reader.number("weight", in: .any, default: 1)
    let factor = try reader.learningRateFactorAndName()
    try reader.finish()
    (channels, positions) = try Shape.channels(input, for: spec)
    self.spec = spec
    inputShape = input
    gamma = Parameter("weight", shape: [channels], role: .norm, startingAt: Float(start))
    beta = Parameter("bias", shape: [channels], role: .norm)
    runningMean = Parameter("running_mean", shape: [channels], role: .buffer)
    runningVariance = Parameter("running_var", shape: [channels], role: .buffer, startingAt: 1)
    parameters = [gamma, beta, runningMean, runningVariance]
    gamma.learningRateFactor = factor
    beta.learningRateFactor = factor
  }

  func allocate(capacity: Int, index: Int) {
    normalizedOutput = nil  // another executor's
    let stored = runningMean.layout.storedCount
    (mean, variance) = (AlignedBuffer<Float>(count: stored), AlignedBuffer<Float>(count: stored))
    (inverseStd, zeros) = (AlignedBuffer<Float>(count: stored), AlignedBuffer<Float>(count: stored))
    unusedGradients = (AlignedBuffer<Float>(count: stored), AlignedBuffer<Float>(count: stored))
    if positions > 1 { images = ImageSums(capacity: capacity, channels: channels) }
  }

  /// Has x̂ kept in training for the dense layer above, by which γ and β get their gradients: nothing below is trained.
  func normalizedOutput(capacity: Int, above layer: Int, outputs: Int) -> NormalizedInput {
    let kept = NormalizedInput(
      of: layer, capacity: capacity, inputs: inputCount, outputs: outputs, gamma: gamma, beta: beta)
    ones = AlignedBuffer<Float>(count: runningMean.layout.storedCount)
    ones.pointer.update(repeating: 1, count: ones.count)
    normalizedOutput = kept
    return kept
  }

  func resetStatistics() {
    runningMean.load([Float](repeating: 0, count: channels))
    runningVariance.load([Float](repeating: 1, count: channels))
    counters["num_batches_tracked"] = 0
  }

  private var isFrozen: Bool { !gamma.isTrainable && !beta.isTrainable }
  func usesBatch(_ pass: Pass) -> Bool { pass.mode == .training && !isFrozen }

  func begin(_ pass: Pass) {
    if usesBatch(pass) {
      counters["num_batches_tracked", default: 0] += 1
    } else {
      for c in 0..<channels {
        inverseStd.pointer[c] = Float(1 / (Double(runningVariance.values.pointer[c]) + epsilon).squareRoot())
      }
    }
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    guard positions == 1 else { return imageTiles(pass) }
    guard usesBatch(pass) else {
      return TileGrid(rows: pass.rows, columns: inputCount, wholeRows: 192)
    }
    // Whole columns; few values are not worth dividing.
    let isSmall = pass.rows * inputCount < 16384
    return TileGrid(
      rows: pass.rows, columns: inputCount, tileRows: pass.rows,
      tileColumns: isSmall ? inputCount : max(32, 4096 / pass.rows))
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    guard positions == 1 else { return forwardImages(pass, x: x, y: y, rows: tile.rows) }
    if usesBatch(pass) {
      kernels.batchNormStatistics(
        x: x.pointer, ldx: x.ld, rows: pass.rows, columns: tile.columns, epsilon: epsilon, mean: mean.pointer,
        variance: variance.pointer, inverseStd: inverseStd.pointer)
      moveRunningStatistics(pass.rows, tile.columns)
      if let kept = normalizedOutput?.values {
        kernels.batchNormForward(
          x: x.pointer, ldx: x.ld, rows: tile.rows, columns: tile.columns, mean: mean.pointer,
          inverseStd: inverseStd.pointer, gamma: ones.pointer, beta: zeros.pointer, y: kept.pointer, ldy: kept.ld)
      }
    }
    kernels.batchNormForward(
      x: x.pointer, ldx: x.ld, rows: tile.rows, columns: tile.columns,
      mean: (usesBatch(pass) ? mean : runningMean.values).pointer, inverseStd: inverseStd.pointer,
      gamma: gamma.values.pointer, beta: beta.values.pointer, y: y.pointer, ldy: y.ld)
  }

  func sumTiles(_ pass: Pass) -> TileGrid { positions > 1 && usesBatch(pass) ? imageTiles(pass) : .none }

  /// Moves the running statistics by those of a batch of so many values.
  func moveRunningStatistics(_ rows: Int, _ columns: Range<Int>) {
    let unbiased = rows > 1 ? Double(rows) / Double(rows - 1) : 1
    let moved = countsBatchesEqually ? 1 / Double(counters["num_batches_tracked", default: 1]) : momentum
    let (means, variances) = (runningMean.values.pointer, runningVariance.values.pointer)
    let (batchMeans, batchVariances) = (mean.pointer, variance.pointer)
    for c in columns {
      means[c] = Float(1 - moved) * means[c] + Float(moved) * batchMeans[c]
      variances[c] = Float(1 - moved) * variances[c] + Float(moved * (Double(batchVariances[c]) * unbiased))
    }
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    var y = x
    for c in 0..<channels {
      let column = stride(from: c, to: x.count, by: channels).map { x[$0] }
      var (mean, variance) = (values[2][c], values[3][c])
      if usesBatch(pass) {
        mean = column.reduce(0, +) / Double(column.count)
        variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
      }
      for i in column.indices {
        y[i * channels + c] = (column[i] - mean) / (variance + epsilon).squareRoot() * values[0][c] + values[1][c]
      }
    }
    return y
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid { forwardTiles(pass) }

  /// γ and β get their gradients here, together with dx, and none of their own.
  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    guard positions == 1 else { return imageGradient(pass, x: x, dy: dx, rows: tile.rows) }
    guard usesBatch(pass) else {
      // With constants for statistics the layer is affine: dx = dy·γ/√(variance + eps).
      return kernels.batchNormForward(
        x: dy.pointer, ldx: dy.ld, rows: tile.rows, columns: tile.columns, mean: zeros.pointer,
        inverseStd: inverseStd.pointer, gamma: gamma.values.pointer, beta: zeros.pointer, y: dy.pointer, ldy: dy.ld)
    }
    backward(pass, x: x, dy: dx, tile: tile, makesInputGradient: true)
  }

  func parameterGradientAlone(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile) {
    if positions == 1, usesBatch(pass) { backward(pass, x: x, dy: dy, tile: tile, makesInputGradient: false) }
  }

  private func backward(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, makesInputGradient: Bool) {
    kernels.batchNormBackward(
      x: x.pointer, ldx: x.ld, dy: dy.pointer, lddy: dy.ld, rows: pass.rows, columns: tile.columns, mean: mean.pointer,
      inverseStd: inverseStd.pointer, gamma: gamma.values.pointer,
      dgamma: (gamma.gradient ?? unusedGradients.0).pointer, dbeta: (beta.gradient ?? unusedGradients.1).pointer,
      makesInputGradient: makesInputGradient)
  }
}
