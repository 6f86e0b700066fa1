import Kernels
import Networks
import Tensors

/// A rule that moves a parameter by its gradient.
///
/// Adding an optimizer is one file here and one entry in `OptimizerKind.all`.
public protocol Optimizer: Sendable {
  /// The spec it was made from.
  var spec: Spec { get }
  /// The names of what it keeps for each value, as PyTorch calls them.
  var stateNames: [String] { get }
  /// What it keeps begins at this number.
  var initialState: Float { get }
  /// Whether the loss is to grow: the gradient is negated, as PyTorch does it.
  var maximizes: Bool { get }
  /// Whether a schedule's momentum means anything to it.
  var followsMomentum: Bool { get }
  /// Whether a step is w ← w − rate·(gradient + decay·w) and nothing else, so that it can be taken inside the product
  /// that makes the gradient.
  var isPlainDescent: Bool { get }
  /// The factor of a step in `OptimizerStep.momentumProduct`; nil for an optimizer that has no use for the product.
  func momentumFactor(_ step: OptimizerStep) -> Double?
  /// Moves `count` values in place.
  /// - Parameters:
  ///   - w: the values.
  ///   - gradient: the gradient of the loss.
  ///   - state: what is kept for these values, one array for each of `stateNames`.
  func update(
    _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, state: OptimizerState, count: Int,
    _ step: OptimizerStep)
}

extension Optimizer {
  /// Zero, for most optimizers.
  public var initialState: Float { 0 }
  /// Yes, for most optimizers.
  public var followsMomentum: Bool { true }
  /// No, for most optimizers.
  public var isPlainDescent: Bool { false }
  /// None, for most optimizers.
  public func momentumFactor(_ step: OptimizerStep) -> Double? { nil }

  /// The step as kernels take it.
  func rates(_ step: OptimizerStep, decoupled: Bool = false) -> OptimizerRates {
    OptimizerRates(
      learningRate: step.learningRate, weightDecay: step.weightDecay, isDecoupled: decoupled, maximizes: maximizes)
  }
}

/// What is the same for all values of a parameter in one step.
public struct OptimizerStep: Sendable {
  /// The number of the step, from 1.
  public var number: Int
  /// The rate of the step, with the schedule's and the parameter's factors.
  public var learningRate: Double
  /// Decay of these values.
  public var weightDecay: Double
  /// The momentum (of adam and its kin, beta1) that a schedule sets in place of the optimizer's own.
  public var momentum: Double?
  /// The product of the optimizer's `momentumFactor` over all steps to this one.
  public var momentumProduct = 1.0
}

/// What an optimizer keeps for a run of values of one parameter.
public struct OptimizerState {
  let buffers: [AlignedBuffer<Float>]
  let offset: Int

  /// Whether nothing is kept.
  public var isEmpty: Bool { buffers.isEmpty }
  /// The values of the i-th of the optimizer's `stateNames`.
  public subscript(i: Int) -> UnsafeMutablePointer<Float> { buffers[i].pointer + offset }
}

/// A kind of optimizer, for registries and the manual.
public struct OptimizerKind: Kind {
  /// See `Kind`.
  public static let noun = "optimizer"
  /// See `Kind`.
  public static let foreignNames = ["gd": "sgd", "heavyball": "momentum", "nag": "nesterov"]
  /// What its spec looks like.
  public let signature: Signature
  /// The learning rate when none is given.
  public let defaultLearningRate: Double
  /// Makes an optimizer of a spec.
  public let make: @Sendable (Spec) throws(Failure) -> any Optimizer

  init(
    _ name: String, arguments: String = "", keys: String = "", summary: String, defaultLearningRate: Double,
    make: @escaping @Sendable (Spec) throws(Failure) -> any Optimizer
  ) {
    signature = Signature(
      name, arguments: arguments, keys: keys.isEmpty ? "maximize=no" : keys + " maximize=no",
      summary: "\(summary); default lr \(defaultLearningRate)")
    self.defaultLearningRate = defaultLearningRate
    self.make = make
  }

  /// Every kind of optimizer.
  public static let all: [OptimizerKind] =
    SGD.kinds + [Adagrad.kind, RMSProp.kind, Adadelta.kind] + Adam.kinds + [Adamax.kind, NAdam.kind, Lion.kind]
}
