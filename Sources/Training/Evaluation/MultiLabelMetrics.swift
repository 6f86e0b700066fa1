#if canImport(Glibc)
  import Glibc
#endif

/// Running sums over predicted probabilities of labels, each yes or no for itself; memory does not grow with the rows.
///
/// With p[i, l] the probability of label l in row i and t[i, l] the truth, from 0 for no to 1 for yes, over n rows and L
/// labels, and yes where a number is above a half:
/// - hamming_accuracy: the share of the n·L answers that are right, 1 − Hamming loss;
/// - exact_match: the share of rows whose L answers are all right (subset accuracy);
/// - bce: −1/(n·L) Σ t·ln max(p, 1e-12) + (1 − t)·ln max(1 − p, 1e-12);
/// - precision, recall and F1 of a label as usual, 0 where undefined; `micro` is that of the counts of all labels
///   together, `macro` the plain mean over the labels.
///
/// These are scikit-learn's definitions for indicator matrices, with `zero_division=0`.
public struct MultiLabelMetrics: Sendable {
  /// The number of labels, L.
  public let labels: Int
  /// Rows seen, n.
  public private(set) var rows = 0
  private var hits: [Int]
  private var predicted: [Int]
  private var support: [Int]
  private var right = 0
  private var exact = 0
  private var loss = 0.0

  /// Empty sums.
  public init(labels: Int) {
    self.labels = labels
    hits = [Int](repeating: 0, count: labels)
    predicted = hits
    support = hits
  }

  /// Whether a probability, or a truth between 0 and 1, counts as yes.
  public static func isYes(_ share: Double) -> Bool { share > 0.5 }

  /// The mean of a row's binary cross-entropies.
  static func loss(_ p: ArraySlice<Double>, _ truth: ArraySlice<Double>) -> Double {
    let smallest = ClassificationMetrics.smallest
    let sum = zip(p, truth).reduce(0.0) { sum, pair in
      let (p, t) = pair
      return sum - (t > 0 ? t * log(max(p, smallest)) : 0) - (t < 1 ? (1 - t) * log(max(1 - p, smallest)) : 0)
    }
    return sum / Double(p.count)
  }

  /// Adds rows: `probabilities` and `truth` [n, labels] row-major.
  public mutating func add(_ probabilities: [Double], truth: [Double]) {
    for start in stride(from: 0, to: probabilities.count, by: labels) {
      let row = start..<start + labels
      add(probabilities[row], truth[row])
    }
  }

  private mutating func add(_ p: ArraySlice<Double>, _ truth: ArraySlice<Double>) {
    var rightInRow = 0
    for (label, i) in p.indices.enumerated() {
      let (choice, answer) = (MultiLabelMetrics.isYes(p[i]), MultiLabelMetrics.isYes(truth[i]))
      if choice == answer { rightInRow += 1 }
      if choice { predicted[label] += 1 }
      if answer { support[label] += 1 }
      if choice, answer { hits[label] += 1 }
    }
    rows += 1
    right += rightInRow
    if rightInRow == labels { exact += 1 }
    loss += MultiLabelMetrics.loss(p, truth)
  }

  /// The numbers of one label.
  public func perLabel(_ label: Int) -> PrecisionRecall {
    PrecisionRecall(hits: hits[label], predicted: predicted[label], support: support[label])
  }

  /// The numbers of all labels' counts together, and the plain mean over the labels.
  public func averages() -> (micro: PrecisionRecall, macro: PrecisionRecall) {
    let yeses = support.reduce(0, +)
    return (
      PrecisionRecall(hits: hits.reduce(0, +), predicted: predicted.reduce(0, +), support: yeses),
      .mean(of: (0..<labels).map(perLabel), weights: [Double](repeating: 1, count: labels), support: yeses)
    )
  }

  /// All metrics, in the order in which they are printed.
  public func metrics() -> [Metric] {
    let (micro, macro) = averages()
    return [
      Metric("hamming_accuracy", Double(right) / Double(rows * labels)),
      Metric("exact_match", Double(exact) / Double(rows)),
      Metric("bce", loss / Double(rows)),
      Metric("micro_precision", micro.precision),
      Metric("micro_recall", micro.recall),
      Metric("micro_f1", micro.f1),
      Metric("macro_precision", macro.precision),
      Metric("macro_recall", macro.recall),
      Metric("macro_f1", macro.f1),
    ]
  }
}
