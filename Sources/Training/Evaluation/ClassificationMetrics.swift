#if canImport(Glibc)
  import Glibc
#endif

/// Running sums over predicted class probabilities; memory does not grow with the rows.
///
/// With p_i the probabilities of row i and y_i its class, over n rows:
/// - accuracy: the share of rows whose largest p_i is that of y_i (of equal ones the first counts);
/// - topK: the share of rows with y_i among the K largest;
/// - nll: −1/n Σ ln max(p_i[y_i], 1e-12);
/// - brier: 1/n Σ Σ_c (p_i[c] − [c = y_i])² (Brier 1950, the original form: from 0 to 2);
/// - ece: Σ_b n_b/n |accuracy_b − confidence_b| over 15 bins of equal width of the largest p_i (Guo et al. 2017);
/// - precision, recall and F1 of a class as usual, 0 where undefined; `macro` is their plain mean over the classes that
///   occur in the truth or among the predicted, `weighted` the mean weighted by support; balanced accuracy is the mean
///   recall of the classes that occur in the truth. These are scikit-learn's definitions.
public struct ClassificationMetrics: Sendable {
  /// The number of bins of the calibration error.
  public static let bins = 15
  /// Probabilities below it count as it, so that one sure and wrong row cannot make the loss infinite.
  public static let smallest = 1e-12

  /// The number of classes.
  public let classes: Int
  /// The Ks of the top-K accuracies.
  public let top: [Int]
  /// Rows seen.
  public private(set) var rows = 0
  /// confusion[true · classes + predicted]; empty unless asked for.
  public private(set) var confusion: [Int]
  private var correct: [Int]
  private var predicted: [Int]
  private var support: [Int]
  private var inTop: [Int]
  private var logLoss = 0.0
  private var squares = 0.0
  private var binCount = [Int](repeating: 0, count: bins)
  private var binCorrect = [Int](repeating: 0, count: bins)
  private var binConfidence = [Double](repeating: 0, count: bins)

  /// Empty sums.
  public init(classes: Int, top: [Int] = [], keepsConfusion: Bool = false) {
    self.classes = classes
    self.top = top
    confusion = [Int](repeating: 0, count: keepsConfusion ? classes * classes : 0)
    correct = [Int](repeating: 0, count: classes)
    predicted = correct
    support = correct
    inTop = [Int](repeating: 0, count: top.count)
  }

  /// Adds rows: `probabilities` [n, classes] row-major, one class id a row in `labels`.
  public mutating func add(_ probabilities: [Double], labels: [Int]) {
    for (row, label) in labels.enumerated() {
      add(probabilities[row * classes..<(row + 1) * classes], label)
    }
    rows += labels.count
  }

  private mutating func add(_ p: ArraySlice<Double>, _ label: Int) {
    let first = p.startIndex
    let truth = p[first + label]
    let choice = p.numberOfLargest
    let confidence = p[first + choice]
    var square = 0.0
    var ahead = 0  // classes that come before the true one by probability, of equal ones the first
    for i in p.indices {
      if p[i] > truth || (p[i] == truth && i < first + label) { ahead += 1 }
      let miss = p[i] - (i == first + label ? 1 : 0)
      square += miss * miss
    }
    squares += square
    logLoss -= log(max(truth, ClassificationMetrics.smallest))
    support[label] += 1
    predicted[choice] += 1
    if choice == label { correct[label] += 1 }
    for (i, k) in top.enumerated() where ahead < k { inTop[i] += 1 }
    if !confusion.isEmpty { confusion[label * classes + choice] += 1 }
    let bin = min(max(Int(confidence * Double(ClassificationMetrics.bins)), 0), ClassificationMetrics.bins - 1)
    binCount[bin] += 1
    binCorrect[bin] += choice == label ? 1 : 0
    binConfidence[bin] += confidence
  }

  /// The numbers of one class.
  public func perClass(_ id: Int) -> PrecisionRecall {
    PrecisionRecall(hits: correct[id], predicted: predicted[id], support: support[id])
  }

  /// The plain mean over the classes that occur, and the mean weighted by support.
  public func averages() -> (macro: PrecisionRecall, weighted: PrecisionRecall) {
    let present = (0..<classes).filter { support[$0] + predicted[$0] > 0 }.map(perClass)
    func mean(_ weight: (PrecisionRecall) -> Double) -> PrecisionRecall {
      PrecisionRecall.mean(of: present, weights: present.map(weight), support: rows)
    }
    return (mean { _ in 1 }, mean { Double($0.support) })
  }

  /// How sure the predictions of a bin are, and how often they are right.
  public struct Calibration: Equatable, Sendable {
    /// Rows whose largest probability is in the bin.
    public var rows: Int
    /// The mean of these probabilities.
    public var confidence: Double
    /// The share of these rows that are predicted right.
    public var accuracy: Double
  }

  /// The bins of the calibration error, from that of the least probabilities up; those without rows are left out.
  public var calibration: [Calibration] {
    binCount.indices.filter { binCount[$0] > 0 }.map { bin in
      let rows = Double(binCount[bin])
      return Calibration(
        rows: binCount[bin], confidence: binConfidence[bin] / rows, accuracy: Double(binCorrect[bin]) / rows)
    }
  }

  /// All metrics, in the order in which they are printed.
  public func metrics() -> [Metric] {
    let n = Double(rows)
    let (macro, weighted) = averages()
    let occurring = (0..<classes).filter { support[$0] > 0 }
    let recalls = occurring.reduce(0) { $0 + perClass($1).recall }
    var calibration = 0.0
    for bin in 0..<ClassificationMetrics.bins {
      calibration += abs(Double(binCorrect[bin]) - binConfidence[bin]) / n
    }
    return [Metric("accuracy", Double(correct.reduce(0, +)) / n)]
      + top.indices.map { Metric("top\(top[$0])", Double(inTop[$0]) / n) }
      + [
        Metric("nll", logLoss / n),
        Metric("brier", squares / n),
        Metric("ece", calibration),
        Metric("balanced_accuracy", recalls / Double(occurring.count)),
        Metric("macro_precision", macro.precision),
        Metric("macro_recall", macro.recall),
        Metric("macro_f1", macro.f1),
        Metric("weighted_precision", weighted.precision),
        Metric("weighted_recall", weighted.recall),
        Metric("weighted_f1", weighted.f1),
      ]
  }
}
