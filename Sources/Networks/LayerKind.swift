import Tensors

/// A kind of layer: what its line in a layer list looks like, and how to make one.
///
/// Adding a layer is one file in `Layers/` and one entry in `LayerKind.all`.
public struct LayerKind: Sendable {
  /// The name in a layer list.
  public let name: String
  /// The values after the name, as the manual shows them.
  public let arguments: String
  /// The keys it takes, each followed by `=` and its default if it has one.
  public let keys: String
  /// One line: the formula.
  public let summary: String
  /// Makes a layer of a spec for rows of a shape.
  public let make: @Sendable (Spec, [Int]) throws(Failure) -> any Layer

  init(
    _ name: String, arguments: String, keys: String, summary: String,
    make: @escaping @Sendable (Spec, [Int]) throws(Failure) -> any Layer
  ) {
    self.name = name
    self.arguments = arguments
    self.keys = keys
    self.summary = summary
    self.make = make
  }

  /// Every kind of layer.
  public static let all: [LayerKind] =
    [Dense.kind, BatchNorm.kind, Dropout.kind, Flatten.kind] + ActivationLayer.kinds + [Softmax.kind]
}
