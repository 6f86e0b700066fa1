#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Tensors

extension ElementwiseLoss {
  /// `bce`: −t·log p − (1 − t)·log(1 − p), on probabilities p (PyTorch's BCELoss).
  ///
  /// Logarithms below −100 count as −100, so that a sure and wrong output has a finite loss; the slope's denominator
  /// p·(1 − p) is at least 10⁻¹². Both are PyTorch's.
  static let binaryCrossEntropy = kind(
    "bce", summary: "mean of −t·log p − (1 − t)·log(1 − p), on probabilities p (sigmoid)", answers: .shares,
    outputs: .probabilities, .binary
  ) { p, t in -(t * max(log(p), -100) + (1 - t) * max(log1p(-p), -100)) }

  /// `bce-with-logits`: −t·log σ(z) − (1 − t)·log(1 − σ(z)), on logits z (PyTorch's BCEWithLogitsLoss).
  static let binaryCrossEntropyWithLogits = kind(
    "bce-with-logits", summary: "mean of −t·log σ(z) − (1 − t)·log(1 − σ(z)), on logits z", answers: .shares,
    outputs: .logits, .binaryWithLogits
  ) { z, t in Reference.softplus(z) - z * t }

  /// `soft-margin`: log(1 + e^(−s·z)) with s = −1 or 1, on logits z (PyTorch's SoftMarginLoss).
  ///
  /// Targets 0 and 1, and the class ids 0 and 1, count as −1 and 1.
  static let softMargin = kind(
    "soft-margin", summary: "mean of log(1 + e^(−t·z)), t −1 or 1 (0 counts as −1), on logits z", answers: .signs,
    outputs: .logits, .softMargin
  ) { z, t in Reference.softplus(t > 0 ? -z : z) }

  /// `hinge`: max(0, 1 − s·y) with s = −1 or 1, on scores y (Keras's Hinge).
  ///
  /// Targets 0 and 1, and the class ids 0 and 1, count as −1 and 1.
  static let hinge = kind(
    "hinge", summary: "mean of max(0, 1 − t·y), t −1 or 1 (0 counts as −1), on scores y", answers: .signs,
    outputs: .logits, .hinge
  ) { y, t in max(0, 1 - (t > 0 ? y : -y)) }
}

/// `multilabel-soft-margin`: the mean over a row's outputs of w·(−t·log σ(z) − (1 − t)·log(1 − σ(z))), on logits z
/// (PyTorch's MultiLabelSoftMarginLoss).
///
/// Its mean is that of `bce-with-logits`; its sum is over rows, and not over their outputs.
struct MultiLabelSoftMargin: Loss {
  static let kind = LossKind(
    "multilabel-soft-margin", summary: "over a row the mean of −t·log σ(z) − (1 − t)·log(1 − σ(z)), on logits z"
  ) { spec throws(Failure) in
    var reader = SpecReader(spec)
    let reduction = try reader.reduction()
    try reader.finish()
    return MultiLabelSoftMargin(spec: spec, reduction: reduction)
  }

  let spec: Spec
  let reduction: Reduction
  let answers = AnswerForm.shares
  let outputs = OutputForm.logits

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let first = rows.lowerBound
    kernels.elementLoss(
      .binaryWithLogits, y: output.pointer(atRow: first), ld: output.ld, rows: rows.count, columns: output.columns,
      targets: targets.values.pointer(atRow: first), ldt: targets.values.ld, columnWeights: targets.outputWeights,
      rowWeights: targets.factors(rows, weighing: true), scale: scale / Float(output.columns),
      gradient: gradient?.pointer(atRow: first), ldg: gradient?.ld ?? 0, loss: losses + first)
    for row in rows { losses[row] /= Double(output.columns) }
  }

  func predict(_ output: Matrix, rows: Range<Int>) { output.makeSigmoid(rows) }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    var sum = 0.0
    for (c, z) in output.enumerated() {
      let t = Double(targets.values[row: row][c])
      let likelihood = t * Reference.softplus(-z) + (1 - t) * Reference.softplus(z)
      sum += targets.classWeight(targets.holdsClasses ? Int(targets.labels.pointer[row]) : c) * likelihood
    }
    return sum / Double(output.count)
  }
}
