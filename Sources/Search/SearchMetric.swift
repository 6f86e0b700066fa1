import Tensors

/// A figure of the logs that trials are judged by.
public struct SearchMetric: Equatable, Sendable {
  /// The name, as in the log.
  public let name: String
  /// Whether higher values are the better ones.
  public let prefersHigher: Bool

  /// Figures of which more is better, and what longer names of such end in.
  private static let higher = ["accuracy", "precision", "recall", "f1", "auc", "r2", "exact_match"]

  /// Reads a name, `min:NAME` or `max:NAME`. Without either, higher is better for accuracies, precisions, recalls, F1, AUC,
  /// R² and top-K figures, and lower for everything else.
  public init(parsing text: String) throws(Failure) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count < 3, parts.last != "", parts.count == 1 || ["min", "max"].contains(parts[0]) else {
      throw .usage("a name of the logs, such as valid_loss, or min:NAME or max:NAME, is due")
    }
    name = parts[parts.count - 1]
    let name = name
    let isTop = name.hasPrefix("top") && Int(name.dropFirst(3)) != nil
    prefersHigher =
      parts.count > 1
      ? parts[0] == "max"
      : isTop || SearchMetric.higher.contains { name == $0 || name.hasSuffix("_" + $0) }
  }

  /// Whether one value is better than another.
  func isBetter(_ value: Double, than other: Double) -> Bool { prefersHigher ? value > other : value < other }
}
