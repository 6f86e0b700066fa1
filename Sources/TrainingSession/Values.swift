import Tensors

/// `--batch-size`: a number of rows, or all of them.
public enum BatchSize: Sendable {
  /// So many.
  case rows(Int)
  /// All of them.
  case all

  /// The number; nil for all.
  public var rows: Int? { if case .rows(let count) = self { count } else { nil } }

  /// Reads the option's text.
  public init(parsing text: String) throws(Failure) {
    if text == "all" {
      self = .all
    } else {
      self = .rows(try Numbers.integer(text, in: 1...1 << 24))
    }
  }
}

/// `--every 1epoch`, `500steps`, `60s`.
public enum CheckpointInterval: Sendable {
  /// After so many epochs.
  case epochs(Int)
  /// After so many steps.
  case steps(Int)
  /// After so many seconds.
  case seconds(Double)

  /// Reads the option's text.
  public init(parsing text: String) throws(Failure) {
    let number = String(text.prefix { $0.isNumber || $0 == "." })
    switch text.dropFirst(number.count) {
    case "epoch", "epochs": self = .epochs(try Numbers.integer(number, in: 1...1_000_000))
    case "step", "steps": self = .steps(try Numbers.integer(number, in: 1...1 << 40))
    case "s": self = .seconds(try Numbers.number(number, in: .positive))
    default: throw .usage("a number with epoch, steps or s is due, such as 1epoch, 500steps or 60s")
    }
  }
}
