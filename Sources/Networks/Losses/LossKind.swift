import Tensors

/// A kind of loss, for registries and the manual.
public struct LossKind: Kind {
  /// See `Kind`.
  public static let noun = "loss"
  /// See `Kind`.
  public static let foreignNames = [
    "binarycrossentropy": "bce", "categoricalcrossentropy": "cross-entropy", "ce": "cross-entropy", "l2": "mse",
    "mae": "l1", "crossentropyloss": "cross-entropy",
    "bceloss": "bce", "bcewithlogitsloss": "bce-with-logits", "l1loss": "l1", "mseloss": "mse", "nllloss": "nll",
    "meanabsoluteerror": "l1", "meansquarederror": "mse", "smoothl1": "huber",
    "sparsecategoricalcrossentropy": "cross-entropy",
  ]
  /// What its spec looks like.
  public let signature: Signature
  /// Makes a loss of a spec.
  public let make: @Sendable (Spec) throws(Failure) -> any Loss

  /// A kind with the key that every loss has, besides its own keys.
  init(
    _ name: String, arguments: String = "", keys: String = "", summary: String,
    make: @escaping @Sendable (Spec) throws(Failure) -> any Loss
  ) {
    let keys = keys.isEmpty ? "reduction=mean" : keys + " reduction=mean"
    signature = Signature(name, arguments: arguments, keys: keys, summary: summary)
    self.make = make
  }

  /// Every kind of loss.
  public static let all: [LossKind] = [
    CrossEntropy.kind, NegativeLogLikelihood.kind, ElementwiseLoss.meanSquaredError, ElementwiseLoss.meanAbsoluteError,
    ElementwiseLoss.huber, ElementwiseLoss.binaryCrossEntropy, ElementwiseLoss.binaryCrossEntropyWithLogits,
    MultiLabelSoftMargin.kind, ElementwiseLoss.softMargin, ElementwiseLoss.hinge, MultiMargin.kind,
  ]

  /// The loss of a text such as `cross-entropy`.
  public static func make(parsing text: String) throws(Failure) -> any Loss {
    let spec = try Spec(parsing: text)
    return try named(spec.name).make(spec)
  }
}
