/// One number that says how good predictions are.
public struct Metric: Equatable, Sendable {
  /// The name, as it is printed and as `--require` takes it.
  public let name: String
  /// The value; nil where it is undefined, such as R² of constant targets.
  public let value: Double?

  /// Names the value.
  public init(_ name: String, _ value: Double?) {
    self.name = name
    self.value = value
  }

  /// Metrics of predicted classes, beside `top1`, `top2` ….
  public static let ofClasses =
    [
      "accuracy", "nll", "brier", "ece", "balanced_accuracy", "macro_precision", "macro_recall", "macro_f1",
      "weighted_precision", "weighted_recall", "weighted_f1", "auc",
    ] + Uncertainty.names + Temperature.names
  /// Metrics of predicted labels.
  public static let ofLabels = [
    "hamming_accuracy", "exact_match", "bce", "micro_precision", "micro_recall", "micro_f1", "macro_precision",
    "macro_recall", "macro_f1", "auc",
  ]
  /// Metrics of predicted values.
  public static let ofValues = ["mae", "mse", "rmse", "r2"]
  /// All of them, each once.
  public static let names = ofClasses + ofLabels.filter { !ofClasses.contains($0) } + ofValues

  /// Whether smaller values are the better ones.
  public static func isLoss(_ name: String) -> Bool {
    ["nll", "brier", "ece", "bce", "mae", "mse", "rmse", "temperature", "calibrated_nll", "calibrated_ece"].contains(
      name)
  }

  /// K of a name such as `top5`; nil for every other name.
  public static func topCount(_ name: String) -> Int? {
    guard name.hasPrefix("top"), let count = Int(name.dropFirst(3)), count > 0, name == "top\(count)" else {
      return nil
    }
    return count
  }
}

/// A mark that a metric must reach.
public struct Requirement: Equatable, Sendable {
  /// Which side of the mark is good.
  public enum Bound: Sendable { case atLeast, atMost }

  /// The metric's name.
  public let metric: String
  /// The good side.
  public let bound: Bound
  /// The mark.
  public let mark: Double

  /// Asks for a metric on the good side of a mark (or on it).
  public init(_ metric: String, _ bound: Bound, _ mark: Double) {
    self.metric = metric
    self.bound = bound
    self.mark = mark
  }

  /// Whether a value reaches the mark; an undefined one does not.
  public func isMet(by value: Double?) -> Bool {
    guard let value else { return false }
    return bound == .atLeast ? value >= mark : value <= mark
  }

  /// "accuracy 0.9612 is below the required 0.97".
  public func complaint(about value: Double?) -> String {
    guard let value else { return "\(metric) is undefined where \(mark) is required" }
    return "\(metric) \(value) is \(bound == .atLeast ? "below" : "above") the required \(mark)"
  }
}
