#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Networks
import Tensors

/// Adamax (Kingma and Ba 2015, section 7.1; PyTorch's Adamax): m ← β₁·m + (1 − β₁)·g; u ← max(β₂·u, |g| + ε);
/// w ← w − lr·m̂/u, with m̂ = m/(1 − β₁ᵗ).
struct Adamax: Optimizer {
  static let kind = OptimizerKind(
    "adamax", keys: "beta1=0.9 beta2=0.999 eps=1e-8",
    summary: "u ← max(beta2·u, |g| + eps); w ← w − lr·m̂/u", defaultLearningRate: 0.002
  ) { spec throws(Failure) in try Adamax(spec) }

  let spec: Spec
  let maximizes: Bool
  let stateNames = ["exp_avg", "exp_inf"]
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double

  init(_ spec: Spec) throws(Failure) {
    var reader = SpecReader(spec)
    beta1 = try reader.number("beta1", in: .belowOne, default: 0.9)
    beta2 = try reader.number("beta2", in: .belowOne, default: 0.999)
    epsilon = try reader.number("eps", in: .notNegative, default: 1e-8)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
  }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    let beta1 = step.momentum ?? beta1
    kernels.adamax(
      w: w, g: gradient, m: state[0], u: state[1], count: count, rates: rates(step), beta1: beta1, beta2: beta2,
      epsilon: epsilon, biasCorrection1: 1 - pow(beta1, Double(step.number)))
  }
}
