/// The area under the ROC curve, exactly, from the scores of all rows (they are kept: four bytes a row and class).
///
/// For two classes it is the probability that a random row of class 1 scores above a random row of class 0, ties
/// counting half (the Mann–Whitney statistic, Hanley and McNeil 1982); for more, the plain mean over the classes of
/// one-against-rest, as in scikit-learn's `roc_auc_score(multi_class="ovr")`.
public struct AreaUnderCurve: Sendable {
  private let classes: Int
  private var scores: [[Float]]
  private var labels: [Int32] = []

  /// No rows yet; of two classes only the second one's scores are kept.
  public init(classes: Int) {
    self.classes = classes
    scores = [[Float]](repeating: [], count: classes == 2 ? 1 : classes)
  }

  /// Adds rows: `probabilities` [n, classes] row-major, one class id a row in `labels`.
  public mutating func add(_ probabilities: [Double], labels: [Int]) {
    for (row, label) in labels.enumerated() {
      self.labels.append(Int32(label))
      for i in scores.indices {
        scores[i].append(Float(probabilities[row * classes + (classes == 2 ? 1 : i)]))
      }
    }
  }

  /// Adds a row of two classes: the probability of the second, and whether it is the true one.
  mutating func add(_ probability: Double, isYes: Bool) {
    labels.append(isYes ? 1 : 0)
    scores[0].append(Float(probability))
  }

  /// The area; nil when a class has no rows, or all of them.
  public var value: Double? {
    var sum = 0.0
    for i in scores.indices {
      guard let area = area(scores[i], positive: Int32(classes == 2 ? 1 : i)) else { return nil }
      sum += area
    }
    return sum / Double(scores.count)
  }

  private func area(_ scores: [Float], positive: Int32) -> Double? {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var ranks = 0.0
    var positives = 0
    var i = 0
    while i < order.count {
      var end = i + 1
      while end < order.count, scores[order[end]] == scores[order[i]] { end += 1 }
      let hits = order[i..<end].count { labels[$0] == positive }
      ranks += Double(hits) * Double(i + 1 + end) / 2  // ties share their mean rank
      positives += hits
      i = end
    }
    let negatives = order.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    return (ranks - Double(positives) * Double(positives + 1) / 2) / (Double(positives) * Double(negatives))
  }
}
