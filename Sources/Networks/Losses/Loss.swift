import Kernels
import Tensors

/// What a batch should have given: class ids, or values.
public final class Targets {
  /// Class ids, [capacity]; used when the loss takes classes.
  public let labels: AlignedBuffer<Int32>
  /// Values, [capacity, outputs]; used when the loss takes values.
  public let values: Matrix
  /// Factors on the loss of each row, [capacity]; nil when every row counts the same.
  public let weights: AlignedBuffer<Float>?

  /// Room for batches of up to `capacity` rows of `columns` values.
  public init(capacity: Int, columns: Int, hasWeights: Bool = false) {
    labels = AlignedBuffer<Int32>(count: max(1, capacity))
    values = Matrix(capacity: capacity, columns: columns)
    weights = hasWeights ? AlignedBuffer<Float>(count: max(1, capacity)) : nil
  }
}

extension Targets {
  /// The factors from a row on, as the kernels take them.
  func rowWeights(from row: Int) -> UnsafePointer<Float>? { weights.map { UnsafePointer($0.pointer + row) } }
}

/// A loss: a number for each row, and its gradient with respect to the network's output.
public protocol Loss: Sendable {
  /// The spec it was made from.
  var spec: Spec { get }
  /// Whether targets are class ids; otherwise they are values, one for each output.
  var takesClasses: Bool { get }
  /// Over how many numbers of a row the mean runs: 1 for a loss of the whole row, else the outputs.
  func terms(outputs: Int) -> Int
  /// The loss of each row of a range, summed over its terms, into `losses` [row]; and, into `gradient`,
  /// ∂(loss·scale)/∂output.
  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>)
  /// The loss of one row, summed over its terms and without the row's weight, of outputs in Float64 and in plain loops:
  /// what gradients are checked against.
  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double
  /// Turns outputs into what `nn-predict` writes (probabilities for classes), in place.
  func predict(_ output: Matrix, rows: Range<Int>)
  /// Whether predictions are probabilities (`p`) or plain outputs (`output`).
  var predictsProbabilities: Bool { get }
}

/// A kind of loss, for registries and the manual.
public struct LossKind: Kind {
  /// See `Kind`.
  public static let noun = "loss"
  /// What its spec looks like.
  public let signature: Signature
  /// Makes a loss of a spec.
  public let make: @Sendable (Spec) throws(Failure) -> any Loss

  /// Every kind of loss.
  public static let all: [LossKind] = [CrossEntropy.kind, MeanSquaredError.kind, BinaryCrossEntropyWithLogits.kind]

  /// The loss of a text such as `cross-entropy`.
  public static func make(parsing text: String) throws(Failure) -> any Loss {
    let spec = try Spec(parsing: text)
    return try named(spec.name).make(spec)
  }
}

extension LossKind {
  /// The loss of a text that takes no values.
  fileprivate static func plain<Kind: Loss>(
    _ name: String, _ summary: String, _ make: @escaping @Sendable (Spec) -> Kind
  ) -> LossKind {
    LossKind(signature: Signature(name, summary: summary)) { spec throws(Failure) in
      try SpecReader(spec).finish()
      return make(spec)
    }
  }
}

/// `cross-entropy`: log Σ e^z − z[label], on logits (PyTorch's CrossEntropyLoss).
struct CrossEntropy: Loss {
  static let kind = LossKind.plain("cross-entropy", "−log softmax(z)[class], on logits z") { CrossEntropy(spec: $0) }
  let spec: Spec
  let takesClasses = true
  let predictsProbabilities = true

  func terms(outputs: Int) -> Int { 1 }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let first = rows.lowerBound
    kernels.softmaxCrossEntropy(
      logits: output.pointer(atRow: first), ld: output.ld, rows: rows.count, classes: output.columns,
      labels: targets.labels.pointer + first, rowWeights: targets.rowWeights(from: first), scale: scale,
      gradient: gradient?.pointer(atRow: first), ldg: gradient?.ld ?? 0, loss: losses + first)
  }

  func predict(_ output: Matrix, rows: Range<Int>) {
    let p = output.pointer(atRow: rows.lowerBound)
    kernels.softmax(z: p, ldz: output.ld, p: p, ldp: output.ld, rows: rows.count, classes: output.columns)
  }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    Reference.logSumExp(output) - output[Int(targets.labels.pointer[row])]
  }
}

/// `mse`: the mean over outputs of (y − target)² (PyTorch's MSELoss).
struct MeanSquaredError: Loss {
  static let kind = LossKind.plain("mse", "mean of (y − target)²") { MeanSquaredError(spec: $0) }
  let spec: Spec
  let takesClasses = false
  let predictsProbabilities = false

  func terms(outputs: Int) -> Int { outputs }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let first = rows.lowerBound
    kernels.meanSquaredError(
      y: output.pointer(atRow: first), ld: output.ld, rows: rows.count, columns: output.columns,
      targets: targets.values.pointer(atRow: first), ldt: targets.values.ld,
      rowWeights: targets.rowWeights(from: first), scale: scale, gradient: gradient?.pointer(atRow: first),
      ldg: gradient?.ld ?? 0, loss: losses + first)
  }

  func predict(_ output: Matrix, rows: Range<Int>) {}

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    zip(output, targets.values[row: row]).reduce(0) { sum, pair in
      sum + (pair.0 - Double(pair.1)) * (pair.0 - Double(pair.1))
    }
  }
}

/// `bce-with-logits`: the mean over outputs of max(z, 0) − z·t + log(1 + e^−|z|) (PyTorch's BCEWithLogitsLoss).
struct BinaryCrossEntropyWithLogits: Loss {
  static let kind = LossKind.plain("bce-with-logits", "−t·log σ(z) − (1 − t)·log(1 − σ(z)), on logits z") {
    BinaryCrossEntropyWithLogits(spec: $0)
  }
  let spec: Spec
  let takesClasses = false
  let predictsProbabilities = true

  func terms(outputs: Int) -> Int { outputs }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let first = rows.lowerBound
    kernels.binaryCrossEntropyWithLogits(
      logits: output.pointer(atRow: first), ld: output.ld, rows: rows.count, columns: output.columns,
      targets: targets.values.pointer(atRow: first), ldt: targets.values.ld,
      rowWeights: targets.rowWeights(from: first), scale: scale, gradient: gradient?.pointer(atRow: first),
      ldg: gradient?.ld ?? 0, loss: losses + first)
  }

  func predict(_ output: Matrix, rows: Range<Int>) {
    let z = output.pointer(atRow: rows.lowerBound)
    kernels.activationForward(
      .sigmoid, z: z, ldz: output.ld, y: z, ldy: output.ld, rows: rows.count, columns: output.columns)
  }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    zip(output, targets.values[row: row]).reduce(0) { sum, pair in
      sum + Reference.softplus(pair.0) - pair.0 * Double(pair.1)
    }
  }
}
