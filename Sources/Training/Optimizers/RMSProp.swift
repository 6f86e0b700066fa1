import Kernels
import Networks
import Tensors

/// RMSprop (Tieleman and Hinton 2012; PyTorch's RMSprop): s ← α·s + (1 − α)·g²; q = g/(√s + ε); w ← w − lr·q.
/// Centered (Graves 2013): a ← α·a + (1 − α)·g, and the variance s − a² in place of s. With momentum:
/// b ← momentum·b + q; w ← w − lr·b. With eps in the root, q = g/√(s + ε), as in Keras and in some textbooks.
struct RMSProp: Optimizer {
  static let kind = OptimizerKind(
    "rmsprop", keys: "alpha=0.99 eps=1e-8 eps_in_root=no momentum=0 centered=no",
    summary: "s ← alpha·s + (1 − alpha)·g²; w ← w − lr·g/(√s + eps)", defaultLearningRate: 0.01
  ) { spec throws(Failure) in try RMSProp(spec) }

  let spec: Spec
  let maximizes: Bool
  private let alpha: Double
  private let epsilon: Double
  private let momentum: Double
  private let isCentered: Bool
  private let epsilonIsInRoot: Bool

  init(_ spec: Spec) throws(Failure) {
    var reader = SpecReader(spec)
    alpha = try reader.number("alpha", in: .belowOne, default: 0.99)
    epsilon = try reader.number("eps", in: .notNegative, default: 1e-8)
    epsilonIsInRoot = try reader.flag("eps_in_root", default: false)
    momentum = try reader.number("momentum", in: .belowOne, default: 0)
    isCentered = try reader.flag("centered", default: false)
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    self.spec = spec
  }

  private var hasMomentum: Bool { momentum > 0 }
  var followsMomentum: Bool { hasMomentum }
  var stateNames: [String] {
    ["square_avg"] + (isCentered ? ["grad_avg"] : []) + (hasMomentum ? ["momentum_buffer"] : [])
  }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    kernels.rmsprop(
      w: w, g: gradient, s: state[0], mean: isCentered ? state[1] : nil,
      buffer: hasMomentum ? state[isCentered ? 2 : 1] : nil, count: count, rates: rates(step), alpha: alpha,
      momentum: step.momentum ?? momentum, epsilon: epsilon, epsilonIsInRoot: epsilonIsInRoot)
  }
}
