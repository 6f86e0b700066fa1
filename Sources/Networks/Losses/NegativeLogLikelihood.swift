import Kernels
import Tensors

/// `nll`: −w[class]·y[class], on log-probabilities y, as `logsoftmax` makes them (PyTorch's NLLLoss).
///
/// The mean runs over the sum of the weights w of the rows' classes. Rows of the ignored class have loss 0 and do not
/// count.
struct NegativeLogLikelihood: Loss {
  static let kind = LossKind("nll", keys: "ignore", summary: "−y[class], on log-probabilities y (logsoftmax)") {
    spec throws(Failure) in
    var reader = SpecReader(spec)
    let loss = NegativeLogLikelihood(
      spec: spec, ignoredClass: try reader.ignoredClass(), reduction: try reader.reduction())
    try reader.finish()
    return loss
  }

  let spec: Spec
  let ignoredClass: Int?
  let reduction: Reduction
  let answers = AnswerForm.classes
  let outputs = OutputForm.logProbabilities

  func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double {
    targets.weightOfClasses(rows: rows, ignoring: ignoredClass)
  }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let factors = targets.factors(rows, weighing: true, ignoring: ignoredClass)
    for (i, row) in rows.enumerated() {
      let label = Int(targets.labels.pointer[row])
      let counts = label != ignoredClass
      losses[row] = counts ? -Double(factors[i]) * Double(output[row: row][label]) : 0
      guard let out = gradient?.pointer(atRow: row) else { continue }
      for c in 0..<paddedWidth(output.columns) { out[c] = 0 }
      if counts { out[label] = -factors[i] * scale }
    }
  }

  func predict(_ output: Matrix, rows: Range<Int>) {
    for row in rows {
      let y = output.pointer(atRow: row)
      kernels.map(.exp, y, y, count: output.columns)
    }
  }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    let label = Int(targets.labels.pointer[row])
    return label == ignoredClass ? 0 : -targets.classWeight(label) * output[label]
  }
}
