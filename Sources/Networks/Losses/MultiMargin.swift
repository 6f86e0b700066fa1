import Kernels
import Tensors

/// `multi-margin`: w[t]/classes · Σ_{c≠t} max(0, margin − y[t] + y[c]) for class id t, on scores y: the hinge of several
/// classes (PyTorch's MultiMarginLoss with p = 1).
///
/// The mean runs over the rows, whatever their weights.
struct MultiMargin: Loss {
  static let kind = LossKind(
    "multi-margin", arguments: "MARGIN=1",
    summary: "the hinge of several classes: Σ max(0, margin − y[class] + y)/classes"
  ) { spec throws(Failure) in
    var reader = SpecReader(spec)
    let loss = MultiMargin(
      spec: spec, margin: try reader.number("margin", positional: true, in: .positive, default: 1),
      reduction: try reader.reduction())
    try reader.finish()
    return loss
  }

  let spec: Spec
  let margin: Double
  let reduction: Reduction
  let answers = AnswerForm.classes
  let outputs = OutputForm.logits

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let factors = targets.factors(rows, weighing: true)
    for (i, row) in rows.enumerated() {
      let label = Int(targets.labels.pointer[row])
      let scores = output.pointer(atRow: row)
      let least = scores[label] - Float(margin)
      let share = factors[i] / Float(output.columns)
      let slope = share * scale
      // The gradient may take the place of the scores.
      let out = gradient?.pointer(atRow: row)
      var (sum, violations) = (0.0, 0)
      for c in 0..<output.columns {
        let excess = scores[c] - least
        let violates = c != label && !(excess <= 0)
        if violates { (sum, violations) = (sum + Double(excess), violations + 1) }
        out?[c] = violates ? slope : 0
      }
      losses[row] = Double(share) * sum
      guard let out else { continue }
      out[label] = -slope * Float(violations)
      for c in output.columns..<paddedWidth(output.columns) { out[c] = 0 }
    }
  }

  /// The scores have no probabilities of their own; their softmax keeps the order.
  func predict(_ output: Matrix, rows: Range<Int>) { output.makeSoftmax(rows) }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    let label = Int(targets.labels.pointer[row])
    var sum = 0.0
    for (c, score) in output.enumerated() where c != label { sum += max(0, margin - output[label] + score) }
    return targets.classWeight(label) * sum / Double(output.count)
  }
}
