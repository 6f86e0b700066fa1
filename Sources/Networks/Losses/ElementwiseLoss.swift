import Kernels
import Tensors

/// A loss that compares each output with its target: Σ_c w[c]·ℓ(y[c], t[c]) over a row, the mean over all numbers of all
/// rows.
///
/// The weights w are those of the outputs. For a network with one output and the class ids 0 and 1 they are the weights
/// of the classes, and multiply the rows.
struct ElementwiseLoss: Loss {
  let spec: Spec
  let reduction: Reduction
  let answers: AnswerForm
  let outputs: OutputForm
  /// ℓ, as the kernels have it.
  let function: ElementLoss
  /// ℓ in Float64, apart from the kernels.
  let formula: @Sendable (_ output: Double, _ target: Double) -> Double

  func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double { Double(rows * outputs) }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let first = rows.lowerBound
    kernels.elementLoss(
      function, y: output.pointer(atRow: first), ld: output.ld, rows: rows.count, columns: output.columns,
      targets: targets.values.pointer(atRow: first), ldt: targets.values.ld, columnWeights: targets.outputWeights,
      rowWeights: targets.factors(rows, weighing: true), scale: scale, gradient: gradient?.pointer(atRow: first),
      ldg: gradient?.ld ?? 0, loss: losses + first)
  }

  /// Logits become probabilities; a hinge's scores have none of their own, but are above 0 where σ is above a half.
  func predict(_ output: Matrix, rows: Range<Int>) {
    if outputs == .logits { output.makeSigmoid(rows) }
  }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    var sum = 0.0
    for (c, y) in output.enumerated() {
      let weight = targets.classWeight(targets.holdsClasses ? Int(targets.labels.pointer[row]) : c)
      sum += weight * formula(y, Double(targets.values[row: row][c]))
    }
    return sum
  }
}

extension ElementwiseLoss {
  /// The kind of a loss without keys of its own.
  static func kind(
    _ name: String, summary: String, answers: AnswerForm, outputs: OutputForm, _ function: ElementLoss,
    formula: @escaping @Sendable (Double, Double) -> Double
  ) -> LossKind {
    LossKind(name, summary: summary) { spec throws(Failure) in
      var reader = SpecReader(spec)
      let reduction = try reader.reduction()
      try reader.finish()
      return ElementwiseLoss(
        spec: spec, reduction: reduction, answers: answers, outputs: outputs, function: function, formula: formula)
    }
  }
}
