/// Precision, recall, F1 and support of one class or label, or means of those of several.
public struct PrecisionRecall: Equatable, Sendable {
  /// True positives over all that were predicted to be positive.
  public let precision: Double
  /// True positives over all that are positive.
  public let recall: Double
  /// The harmonic mean of precision and recall.
  public let f1: Double
  /// Rows that are positive.
  public let support: Int

  /// Given numbers, such as means.
  init(precision: Double, recall: Double, f1: Double, support: Int) {
    (self.precision, self.recall, self.f1, self.support) = (precision, recall, f1, support)
  }

  /// The numbers of counts: precision = hits / predicted, recall = hits / support, F1 = 2·hits / (predicted + support),
  /// 0 where undefined.
  init(hits: Int, predicted: Int, support: Int) {
    let both = predicted + support
    precision = predicted == 0 ? 0 : Double(hits) / Double(predicted)
    recall = support == 0 ? 0 : Double(hits) / Double(support)
    f1 = both == 0 ? 0 : 2 * Double(hits) / Double(both)
    self.support = support
  }

  /// The mean by weights, one each, of which not all may be zero.
  static func mean(of all: [PrecisionRecall], weights: [Double], support: Int) -> PrecisionRecall {
    let total = max(weights.reduce(0, +), .leastNonzeroMagnitude)
    func mean(_ path: KeyPath<PrecisionRecall, Double>) -> Double {
      zip(all, weights).reduce(0) { $0 + $1.1 * $1.0[keyPath: path] } / total
    }
    return PrecisionRecall(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1), support: support)
  }
}
