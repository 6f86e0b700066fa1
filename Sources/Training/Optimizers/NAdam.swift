#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Networks
import Tensors

/// NAdam (Dozat 2016; PyTorch's NAdam): Adam with Nesterov's look-ahead and a momentum that warms up,
/// μₜ = β₁·(1 − 0.96^(t·ψ)/2) with the momentum decay ψ; m and v are Adam's;
/// w ← w − lr·((1 − μₜ)/(1 − Πμ)·g + μₜ₊₁/(1 − Πμ·μₜ₊₁)·m)/(√v̂ + ε), where Πμ = μ₁·…·μₜ and v̂ = v/(1 − β₂ᵗ).
struct NAdam: Optimizer {
  static let kind = OptimizerKind(
    "nadam", keys: "beta1=0.9 beta2=0.999 eps=1e-8 momentum_decay=0.004 decoupled=no",
    summary: "adam with Nesterov's look-ahead and a momentum that warms up", defaultLearningRate: 0.002
  ) { spec throws(Failure) in try NAdam(spec) }

  let spec: Spec
  let maximizes: Bool
  let stateNames = ["exp_avg", "exp_avg_sq"]
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let momentumDecay: Double
  private let isDecoupled: Bool

  init(_ spec: Spec) throws(Failure) {
    var reader = SpecReader(spec)
    beta1 = try reader.number("beta1", in: .belowOne, default: 0.9)
    beta2 = try reader.number("beta2", in: .belowOne, default: 0.999)
    epsilon = try reader.number("eps", in: .notNegative, default: 1e-8)
    momentumDecay = try reader.number("momentum_decay", in: .notNegative, default: 0.004)
    isDecoupled = try reader.flag("decoupled", default: false)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
  }

  private func momentum(at number: Int, _ beta1: Double) -> Double {
    beta1 * (1 - 0.5 * pow(0.96, Double(number) * momentumDecay))
  }

  func momentumFactor(_ step: OptimizerStep) -> Double? { momentum(at: step.number, step.momentum ?? beta1) }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    let beta1 = step.momentum ?? beta1
    let (now, next) = (momentum(at: step.number, beta1), momentum(at: step.number + 1, beta1))
    kernels.nadam(
      w: w, g: gradient, m: state[0], v: state[1], count: count, rates: rates(step, decoupled: isDecoupled),
      beta1: beta1, beta2: beta2, epsilon: epsilon, gradientShare: (1 - now) / (1 - step.momentumProduct),
      momentShare: next / (1 - step.momentumProduct * next),
      biasCorrection2: 1 - pow(beta2, Double(step.number)))
  }
}
