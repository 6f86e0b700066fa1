import Kernels
import Networks
import Tensors

/// Stochastic gradient descent, with momentum and Nesterov's look-ahead (PyTorch's SGD):
/// g ← g + decay·w; v ← momentum·v + (1 − dampening)·g (v ← g at first); w ← w − rate·v, or, with Nesterov,
/// w ← w − rate·(g + momentum·v) (Nesterov 1983; Sutskever et al. 2013).
struct SGD: Optimizer {
  static let kinds = [
    OptimizerKind(
      "sgd", keys: "momentum=0 dampening=0 nesterov=no", summary: "w ← w − lr·g",
      defaultLearningRate: 0.01
    ) { spec throws(Failure) in try SGD(spec, momentum: 0, nesterov: false) },
    OptimizerKind(
      "momentum", arguments: "MOMENTUM=0.9", keys: "dampening=0", summary: "v ← momentum·v + g; w ← w − lr·v",
      defaultLearningRate: 0.01
    ) { spec throws(Failure) in try SGD(spec, momentum: 0.9, nesterov: false) },
    OptimizerKind(
      "nesterov", arguments: "MOMENTUM=0.9", keys: "",
      summary: "v ← momentum·v + g; w ← w − lr·(g + momentum·v)", defaultLearningRate: 0.01
    ) { spec throws(Failure) in try SGD(spec, momentum: 0.9, nesterov: true) },
  ]

  let spec: Spec
  let maximizes: Bool
  private let momentum: Double
  private let dampening: Double
  private let isNesterov: Bool

  init(_ spec: Spec, momentum fallback: Double, nesterov: Bool) throws(Failure) {
    var reader = SpecReader(spec)
    momentum = try reader.number("momentum", positional: spec.name != "sgd", in: .belowOne, default: fallback)
    dampening = nesterov ? 0 : try reader.number("dampening", in: .share, default: 0)
    isNesterov = spec.name == "sgd" ? try reader.flag("nesterov", default: false) : nesterov
    maximizes = try reader.flag("maximize", default: false)
    try reader.finish()
    guard !isNesterov || (momentum > 0 && dampening == 0) else {
      throw reader.failure("nesterov wants a momentum above 0 and no dampening")
    }
    self.spec = spec
  }

  var stateNames: [String] { momentum > 0 ? ["momentum_buffer"] : [] }
  var followsMomentum: Bool { momentum > 0 }
  var isPlainDescent: Bool { momentum == 0 }

  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep
  ) {
    guard !state.isEmpty else { return kernels.sgd(w: w, g: gradient, count: count, rates: rates(step)) }
    kernels.sgdMomentum(
      w: w, g: gradient, v: state[0], count: count, rates: rates(step), momentum: step.momentum ?? momentum,
      dampening: dampening, nesterov: isNesterov, first: step.number == 1)
  }
}
