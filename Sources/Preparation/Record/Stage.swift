import Tensors

/// One stage of a preparation, the affine map
///
///     y = ((x − mean) / std) · Cᵀ / deviations
///
/// of a row x of d values, where each of the four may be absent. For ZCA the result is multiplied back by the
/// components: y · C. Rows of any shape are taken as d values in row-major order.
struct Stage: Sendable {
  /// The words that ask for the stage, such as "center", "scale", "pca:100", "whiten".
  var words: [String]
  /// The shape of a row that goes in.
  var inputShape: [Int]
  /// What is subtracted, in the shape of a row; F64.
  var mean: Tensor?
  /// What is divided by, in the shape of a row; F64.
  var std: Tensor?
  /// The principal axes as rows, [k, d]; F32.
  var components: Tensor?
  /// What the k coordinates are divided by, [k]; F64.
  var deviations: Tensor?

  /// The words of the stage, separated by spaces.
  var text: String { words.joined(separator: " ") }
  /// Whether the coordinates are multiplied back by the components.
  var isZCA: Bool { words.contains("zca") }
  /// The number d of values of a row that goes in.
  var inputCount: Int { inputShape.reduce(1, *) }
  /// Whether the stage makes one dimension of a row's shape.
  var flattens: Bool { components != nil || words.contains { $0.hasPrefix("flatten:") } }

  /// The shape of a row that comes out.
  var outputShape: [Int] {
    if let components, !isZCA { return [components.rows] }
    return flattens ? [inputCount] : inputShape
  }

  /// The tensors that are there, by name, in a fixed order.
  var tensors: [(name: String, tensor: Tensor)] {
    var found: [(String, Tensor)] = []
    for (name, tensor) in [
      ("mean", mean), ("std", std), ("components", components), ("deviations", deviations),
    ] {
      if let tensor { found.append((name, tensor)) }
    }
    return found
  }
}

/// The words of a stage that carry a value.
enum StageWord {
  /// The shape in a word such as "flatten:28x28": sizes from 1 whose product does not overflow; nil otherwise.
  static func shape(_ text: Substring) -> [Int]? {
    var shape: [Int] = []
    var product = 1
    for part in text.split(separator: "x", omittingEmptySubsequences: false) {
      guard let size = Int(part), size > 0, String(size) == part else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
      shape.append(size)
    }
    return shape.count < 8 ? shape : nil
  }

  /// A shape as text: sizes joined by "x"; "1" for a single number.
  static func text(_ shape: [Int]) -> String { shape.isEmpty ? "1" : shape.map(String.init).joined(separator: "x") }
}
