#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// How well the doubt in predictions tells which of them to doubt.
///
/// A row's doubt is measured in three ways: 1 − max p, what confidence leaves; the entropy −Σ p ln p; and of Monte-Carlo
/// predictions the mutual information. For each there is the area under the ROC curve (see `AreaUnderCurve`) with which
/// wrong predictions are told from right ones, and with which rows of classes that were never learnt are told from the
/// others (Hendrycks and Gimpel 2017): 1/2 is chance, 1 is perfect. All rows' doubts are kept, 8 bytes for each area.
public struct Uncertainty: Sendable {
  /// The names of its metrics.
  static let names = ["wrong", "unseen"].flatMap { what in measures.map { "auc_\(what)_\($0)" } }
  private static let measures = ["confidence", "entropy", "information"]

  /// Areas by measure.
  private var wrong = [AreaUnderCurve](repeating: AreaUnderCurve(classes: 2), count: 3)
  private var unseen = [AreaUnderCurve](repeating: AreaUnderCurve(classes: 2), count: 3)
  private var hasUnseen = false
  /// Whether every row so far came with its mutual information.
  private(set) var hasInformation = true

  /// No rows yet.
  public init() {}

  /// Adds rows whose classes are known.
  mutating func add(_ predictions: Predictions, labels: [Int], information: [Float]?) {
    for (row, doubts) in doubts(predictions, information).enumerated() {
      let isWrong = predictions.numbers(of: row).predictedClass != labels[row]
      for (i, doubt) in doubts.enumerated() {
        wrong[i].add(doubt, isYes: isWrong)
        unseen[i].add(doubt, isYes: false)
      }
    }
  }

  /// Adds rows of classes that were never learnt.
  mutating func addUnseen(_ predictions: Predictions, information: [Float]?) {
    hasUnseen = true
    for doubts in doubts(predictions, information) {
      for (i, doubt) in doubts.enumerated() { unseen[i].add(doubt, isYes: true) }
    }
  }

  private mutating func doubts(_ predictions: Predictions, _ information: [Float]?) -> [[Double]] {
    if information == nil { hasInformation = false }
    return (0..<predictions.rows).map { row in
      let p = predictions.numbers(of: row)
      let entropy = p.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
      let measured = [1 - (p.max() ?? 0), entropy]
      return information.map { measured + [Double($0[row])] } ?? measured
    }
  }

  /// The areas, in the order in which they are printed.
  func metrics() -> [Metric] {
    let count = hasInformation ? 3 : 2
    let areas = wrong.prefix(count) + (hasUnseen ? unseen.prefix(count) : [])
    let names = Uncertainty.names.prefix(count) + Uncertainty.names.dropFirst(3).prefix(count)
    return zip(names, areas).map { Metric($0, $1.value) }
  }
}
