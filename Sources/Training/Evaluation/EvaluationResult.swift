#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// The numbers of an evaluation, as text or as JSON.
public struct EvaluationResult: Sendable {
  /// Rows that were evaluated.
  public let rows: Int
  /// The metrics, in the order in which they are printed.
  public let metrics: [Metric]
  let names: [String]?
  let details: Details

  /// What the tables are made of.
  enum Details: Sendable {
    case classes(ClassificationMetrics)
    case labels(MultiLabelMetrics)
    case values([RegressionMetrics])
  }

  /// Whether classes or labels were predicted, not values.
  public var hasClasses: Bool { if case .values = details { false } else { true } }

  /// The sums over predicted classes; nil when something else was predicted.
  public var classification: ClassificationMetrics? { if case .classes(let metrics) = details { metrics } else { nil } }

  /// What is predicted, in a word.
  var what: String {
    switch details {
    case .classes: "classes"
    case .labels: "labels"
    case .values: "values"
    }
  }

  /// Complaints about the requirements that are not met.
  ///
  /// - Throws: a usage failure when a required metric is none of these.
  public func complaints(_ requirements: [Requirement]) throws(Failure) -> [String] {
    try Requirement.complaints(requirements, about: metrics, of: what)
  }

  /// The name of a class or of a column, its number when it has none.
  public func name(_ id: Int) -> String { names?[id] ?? String(id) }
  /// The name for a table that people read, perhaps on a terminal.
  private func shownName(_ id: Int) -> String { name(id).printable }

  // MARK: Text

  /// One metric a line, then the tables that were asked for.
  public func text(confusion: Bool, perClass: Bool) -> String {
    var out = "rows \(rows)\n"
    if case .labels(let metrics) = details { out += "labels \(metrics.labels)\n" }
    out += metrics.map { "\($0.name) \(EvaluationResult.short($0.value))\n" }.joined()
    if let parts, perClass || !hasClasses { out += "\n" + TextTable.text(parts.head, parts.rows, rightAligned: 1...4) }
    if confusion, case .classes(let metrics) = details { out += "\n" + confusionTable(metrics) }
    return out
  }

  /// The numbers of each class, label or column by itself, and their averages; nil for a single column of values.
  public var parts: (head: [String], rows: [[String]])? {
    switch details {
    case .classes(let metrics):
      let (macro, weighted) = metrics.averages()
      let each = (0..<metrics.classes).map(metrics.perClass)
      return parts("class", each, ("macro", macro), ("weighted", weighted))
    case .labels(let metrics):
      let (micro, macro) = metrics.averages()
      let each = (0..<metrics.labels).map(metrics.perLabel)
      return parts("label", each, ("micro", micro), ("macro", macro))
    case .values(let columns):
      guard columns.count > 1 else { return nil }
      let rows = columns.enumerated().map { (i, column) in
        [shownName(i)] + column.metrics().map { EvaluationResult.short($0.value) }
      }
      return (["column", "mae", "mse", "rmse", "r2"], rows)
    }
  }

  private func parts(
    _ what: String, _ each: [PrecisionRecall], _ averages: (name: String, numbers: PrecisionRecall)...
  ) -> (head: [String], rows: [[String]]) {
    func line(_ name: String, _ numbers: PrecisionRecall) -> [String] {
      let shown = [numbers.precision, numbers.recall, numbers.f1].map { EvaluationResult.short($0) }
      return [name] + shown + [String(numbers.support)]
    }
    return (
      [what, "precision", "recall", "f1", "support"],
      each.enumerated().map { line(shownName($0), $1) } + averages.map { line($0.name, $0.numbers) }
    )
  }

  private func confusionTable(_ metrics: ClassificationMetrics) -> String {
    let classes = 0..<metrics.classes
    let head = ["true\\predicted"] + classes.map(shownName)
    let body = classes.map { row in
      [shownName(row)] + classes.map { String(metrics.confusion[row * metrics.classes + $0]) }
    }
    return TextTable.text(head, body, rightAligned: 1...metrics.classes)
  }

  /// A number for people: five significant digits; "undefined" for none.
  public static func short(_ value: Double?) -> String {
    guard let value else { return "undefined" }
    var buffer = [CChar](repeating: 0, count: 40)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.5g", $0) }
    return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
