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

/// Shapes as text: sizes joined by `x`.
public enum Shape {
  /// "28x28" for [28, 28].
  public static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }

  /// Fails when a row is not one-dimensional, as `spec` wants it.
  static func requireFlat(_ shape: [Int], for spec: Spec) throws(Failure) {
    guard shape.count == 1 else {
      throw .usage("\(spec): wants a flat input, has \(text(shape)); put 'flatten' before it")
    }
  }

  /// [28, 28] for "28x28".
  public static func parse(_ text: String) throws(Failure) -> [Int] {
    var shape: [Int] = []
    var product = 1
    for part in text.split(separator: "x", omittingEmptySubsequences: false) {
      guard let size = Int(part), size >= 1, size <= 1 << 24 else {
        throw .usage("'\(text)': sizes joined by x are due, such as 784 or 28x28")
      }
      shape.append(size)
      product *= size
      guard shape.count <= 7 else { throw .usage("'\(text)': more than 7 sizes") }
      guard product <= 1 << 28 else { throw .usage("'\(text)': more than 2²⁸ values a row") }
    }
    return shape
  }
}
