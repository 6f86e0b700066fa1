import Networks
import Tensors

/// `--batch-size`: a number of rows, or all of them.
enum BatchSize {
  case rows(Int)
  case all

  init(parsing text: String) throws(Failure) {
    if text == "all" {
      self = .all
    } else {
      self = .rows(try Numbers.integer(text, in: 1...1 << 24))
    }
  }
}

/// `--early-stop patience=N[,min_delta=X]`.
struct EarlyStop {
  var patience: Int
  var minimumImprovement: Double

  init(parsing text: String) throws(Failure) {
    // "patience=10" has keys and no name; "10" alone is the patience.
    var reader = SpecReader(try Spec(keys: text))
    patience = try reader.integer("patience", positional: true, in: 1...1_000_000)
    minimumImprovement = try reader.number("min_delta", in: .notNegative, default: 0)
    try reader.finish()
  }
}

/// `--every 1epoch`, `500steps`, `60s`.
enum CheckpointInterval {
  case epochs(Int)
  case steps(Int)
  case seconds(Double)

  init(parsing text: String) throws(Failure) {
    let number = String(text.prefix { $0.isNumber || $0 == "." })
    switch text.dropFirst(number.count) {
    case "epoch", "epochs": self = .epochs(try Numbers.integer(number, in: 1...1_000_000))
    case "step", "steps": self = .steps(try Numbers.integer(number, in: 1...1 << 40))
    case "s": self = .seconds(try Numbers.number(number, in: .positive))
    default: throw .usage("a number with epoch, steps or s is due, such as 1epoch, 500steps or 60s")
    }
  }
}
