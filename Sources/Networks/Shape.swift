import Tensors

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
      guard let size = Int(part), String(size) == part, size >= 1 else {
        throw .usage("'\(text)': sizes joined by x are due, such as 784 or 28x28")
      }
      shape.append(size)
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard shape.count <= 7 else { throw .usage("'\(text)': more than 7 sizes") }
      guard !overflow, next <= 1 << 28 else { throw .usage("'\(text)': more than 2²⁸ values a row") }
      product = next
    }
    return shape
  }
}
