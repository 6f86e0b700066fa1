/// Shapes as text: sizes joined by `x`.
public enum Shape {
  /// "28x28" for [28, 28].
  public static func text(_ shape: some Collection<Int>) -> String { shape.map(String.init).joined(separator: "x") }

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
