import Kernels
import Networks
import Tensors

/// Adagrad (Duchi, Hazan and Singer 2011; PyTorch's Adagrad): s ← s + g², from the initial accumulator on;
/// w ← w − lr/(1 + (t − 1)·lr_decay)·g/(√s + ε) at step t.
struct Adagrad: Optimizer {
  static let kind = OptimizerKind(
    "adagrad", keys: "lr_decay=0 initial=0 eps=1e-10",
    summary: "s ← s + g²; w ← w − lr/(1 + (t − 1)·lr_decay)·g/(√s + eps)", defaultLearningRate: 0.01
  ) { spec throws(Failure) in try Adagrad(spec) }

  let spec: Spec
  let maximizes: Bool
  let stateNames = ["sum"]
  let followsMomentum = false
  let initialState: Float
  private let rateDecay: Double
  private let epsilon: Double

  init(_ spec: Spec) throws(Failure) {
    var reader = SpecReader(spec)
    rateDecay = try reader.number("lr_decay", in: .notNegative, default: 0)
    initialState = Float(try reader.number("initial", in: .notNegative, default: 0))
    epsilon = try reader.number("eps", in: .notNegative, default: 1e-10)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
  }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    var rates = rates(step)
    rates.learningRate /= 1 + Double(step.number - 1) * rateDecay
    kernels.adagrad(w: w, g: gradient, sum: state[0], count: count, rates: rates, epsilon: epsilon)
  }
}
