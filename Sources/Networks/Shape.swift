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

  /// Height, width and channels of a row that is an image, [height, width] or [height, width, channels]; fails when it
  /// is none, as `spec` wants it.
  static func image(_ shape: [Int], for spec: Spec) throws(Failure) -> (height: Int, width: Int, channels: Int) {
    guard shape.count == 2 || shape.count == 3 else {
      throw .usage(
        "\(spec): wants images, height x width x channels, has \(text(shape)); nn-init --input 28x28 takes such")
    }
    return (shape[0], shape[1], shape.count == 3 ? shape[2] : 1)
  }

  /// What a layer that goes by channels finds in a row: an image's channels, or a plain row's features, and how often.
  static func channels(_ shape: [Int], for spec: Spec) throws(Failure) -> (count: Int, positions: Int) {
    if shape.count == 1 { return (shape[0], 1) }
    let image = try image(shape, for: spec)
    return (image.channels, image.height * image.width)
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
