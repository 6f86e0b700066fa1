import Kernels
import Networks
import Tensors

/// An element-wise loss of the outputs that have a target: those whose target is NaN count for nothing, neither in the
/// loss, nor in the gradient, nor in the number of terms that a mean runs over.
struct MaskedLoss: Loss {
  private let base: any Loss
  /// An output whose loss, and its gradient, is 0 where the target is 0.
  private let blank: Float

  /// A loss of numbers, or of shares on logits: σ(−100) is 0 to within 10⁻⁴³.
  init(_ base: any Loss) {
    self.base = base
    blank = base.outputs == .logits ? -100 : 0
  }

  var spec: Spec { base.spec }
  var reduction: Reduction { base.reduction }
  var answers: AnswerForm { base.answers }
  var outputs: OutputForm { base.outputs }

  func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double {
    var count = 0
    for row in 0..<rows { for target in targets.values[row: row] where !target.isNaN { count += 1 } }
    return Double(count)
  }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    for row in rows {
      let y = output.pointer + row * output.ld
      let target = targets.values.pointer + row * targets.values.ld
      for c in 0..<output.columns where target[c].isNaN { (y[c], target[c]) = (blank, 0) }
    }
    base.evaluate(output, targets, rows: rows, scale: scale, gradient: gradient, losses: losses)
  }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    let all = targets.values[row: row]
    let kept = Targets(capacity: 1, columns: output.count, holdsClasses: false)
    for (c, target) in all.enumerated() { kept.values.pointer[c] = target.isNaN ? 0 : target }
    return base.reference(
      output.enumerated().map { c, y in all[c].isNaN ? Double(blank) : y }, kept, row: 0)
  }

  func predict(_ output: Matrix, rows: Range<Int>) { base.predict(output, rows: rows) }
}
