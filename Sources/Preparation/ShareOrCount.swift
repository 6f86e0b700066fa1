import Tensors

/// What an option means that takes a share or a number.
enum ShareOrCount: Equatable {
  /// Above 0 and below 1.
  case share(Double)
  /// From 1.
  case count(Int)

  /// Reads a number; nil when it is neither. A whole number with a decimal point is neither: "1.0" could mean the whole.
  init?(_ text: String) {
    guard let value = try? Numbers.number(text, in: .positive) else { return nil }
    if value < 1 {
      self = .share(value)
    } else if !text.contains("."), let count = Int(exactly: value) {
      self = .count(count)
    } else {
      return nil
    }
  }
}
