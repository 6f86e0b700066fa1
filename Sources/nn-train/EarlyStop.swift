import Networks
import Tensors

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
