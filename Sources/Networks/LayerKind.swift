import Tensors

/// A kind of layer: what its line in a layer list looks like, and how to make one.
///
/// Adding a layer is one file in `Layers/` and one entry in `LayerKind.all`.
public struct LayerKind: Kind {
  /// See `Kind`.
  public static let noun = "layer"
  /// What its line in a layer list looks like.
  public let signature: Signature
  /// Makes a layer of a spec for rows of a shape.
  public let make: @Sendable (Spec, [Int]) throws(Failure) -> any Layer

  init(
    _ name: String, arguments: String, keys: String, summary: String,
    make: @escaping @Sendable (Spec, [Int]) throws(Failure) -> any Layer
  ) {
    signature = Signature(name, arguments: arguments, keys: keys, summary: summary)
    self.make = make
  }

  /// Every kind of layer.
  public static let all: [LayerKind] =
    [Dense.kind, BatchNorm.kind, Dropout.kind, Flatten.kind] + ActivationLayer.kinds + [Softmax.kind]
}
