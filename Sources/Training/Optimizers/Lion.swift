import Kernels
import Networks
import Tensors

/// Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2): every weight moves by the
/// same amount, w ← w − lr·(sign(β₁·m + (1 − β₁)·g) + decay·w); then m ← β₂·m + (1 − β₂)·g.
struct Lion: Optimizer {
  static let kind = OptimizerKind(
    "lion", keys: "beta1=0.9 beta2=0.99",
    summary: "w ← w − lr·sign(beta1·m + (1 − beta1)·g); m ← beta2·m + (1 − beta2)·g; decoupled weight decay",
    defaultLearningRate: 0.0001
  ) { spec throws(Failure) in try Lion(spec) }

  let spec: Spec
  let maximizes: Bool
  let stateNames = ["exp_avg"]
  private let beta1: Double
  private let beta2: Double

  init(_ spec: Spec) throws(Failure) {
    var reader = SpecReader(spec)
    beta1 = try reader.number("beta1", in: .belowOne, default: 0.9)
    beta2 = try reader.number("beta2", in: .belowOne, default: 0.99)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
  }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    kernels.lion(
      w: w, g: gradient, m: state[0], count: count, rates: rates(step, decoupled: true),
      beta1: step.momentum ?? beta1, beta2: beta2)
  }
}
