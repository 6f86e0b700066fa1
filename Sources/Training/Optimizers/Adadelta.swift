import Kernels
import Networks
import Tensors

/// Adadelta (Zeiler 2012; PyTorch's Adadelta): s ← ρ·s + (1 − ρ)·g²; Δ = √(d + ε)/√(s + ε)·g;
/// d ← ρ·d + (1 − ρ)·Δ²; w ← w − lr·Δ.
struct Adadelta: Optimizer {
  static let kind = OptimizerKind(
    "adadelta", keys: "rho=0.9 eps=1e-6",
    summary: "Δ = √(d + eps)/√(s + eps)·g, s and d the running means of g² and Δ²; w ← w − lr·Δ",
    defaultLearningRate: 1
  ) { spec throws(Failure) in try Adadelta(spec) }

  let spec: Spec
  let maximizes: Bool
  let stateNames = ["square_avg", "acc_delta"]
  let followsMomentum = false
  private let rho: Double
  private let epsilon: Double

  init(_ spec: Spec) throws(Failure) {
    var reader = SpecReader(spec)
    rho = try reader.number("rho", in: .belowOne, default: 0.9)
    epsilon = try reader.number("eps", in: .notNegative, default: 1e-6)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
  }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    kernels.adadelta(
      w: w, g: gradient, s: state[0], d: state[1], count: count, rates: rates(step), rho: rho, epsilon: epsilon)
  }
}
