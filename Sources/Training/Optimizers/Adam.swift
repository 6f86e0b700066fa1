#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Networks
import Tensors

/// Adam (Kingma and Ba 2015; PyTorch's Adam): m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²;
/// w ← w − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ). AdamW decays the weights apart from the
/// gradient: w ← w − lr·decay·w (Loshchilov and Hutter 2019). AMSGrad divides by the largest v so far (Reddi et al.
/// 2018).
struct Adam: Optimizer {
  private static let keys = "beta1=0.9 beta2=0.999 eps=1e-8 amsgrad=no"
  static let kinds = [
    OptimizerKind(
      "adam", keys: keys, summary: "w ← w − lr·m̂/(√v̂ + eps)", defaultLearningRate: 0.001
    ) { spec throws(Failure) in try Adam(spec, decoupled: false) },
    OptimizerKind(
      "adamw", keys: keys, summary: "adam with decoupled weight decay", defaultLearningRate: 0.001
    ) { spec throws(Failure) in try Adam(spec, decoupled: true) },
  ]

  let spec: Spec
  let maximizes: Bool
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let keepsLargest: Bool
  private let isDecoupled: Bool

  init(_ spec: Spec, decoupled: Bool) throws(Failure) {
    var reader = SpecReader(spec)
    beta1 = try reader.number("beta1", in: .belowOne, default: 0.9)
    beta2 = try reader.number("beta2", in: .belowOne, default: 0.999)
    epsilon = try reader.number("eps", in: .notNegative, default: 1e-8)
    keepsLargest = try reader.flag("amsgrad", default: false)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
    isDecoupled = decoupled
  }

  var stateNames: [String] { ["exp_avg", "exp_avg_sq"] + (keepsLargest ? ["max_exp_avg_sq"] : []) }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    let beta1 = step.momentum ?? beta1
    kernels.adam(
      w: w, g: gradient, m: state[0], v: state[1], largest: keepsLargest ? state[2] : nil, count: count,
      rates: rates(step, decoupled: isDecoupled), beta1: beta1, beta2: beta2, epsilon: epsilon,
      biasCorrection1: 1 - pow(beta1, Double(step.number)), biasCorrection2: 1 - pow(beta2, Double(step.number)))
  }
}
