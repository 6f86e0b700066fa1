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
  let classification: ClassificationMetrics?
  let columns: [RegressionMetrics]

  /// Whether classes were predicted, not values.
  public var isOfClasses: Bool { classification != nil }

  /// Complaints about the requirements that are not met.
  ///
  /// - Throws: a usage failure when a required metric is none of these.
  public func complaints(_ requirements: [Requirement]) throws(Failure) -> [String] {
    var complaints: [String] = []
    for requirement in requirements {
      guard let metric = metrics.first(where: { $0.name == requirement.metric }) else {
        let what = classification == nil ? "values" : "classes"
        throw .usage(
          "--require \(requirement.metric): predictions of \(what) have "
            + metrics.map(\.name).joined(separator: ", "))
      }
      if !requirement.isMet(by: metric.value) { complaints.append(requirement.complaint(about: metric.value)) }
    }
    return complaints
  }

  private func className(_ id: Int) -> String { names?[id] ?? String(id) }
  /// The name for a table that people read, perhaps on a terminal.
  private func label(_ id: Int) -> String { className(id).printable }

  // MARK: JSON

  /// One object; undefined numbers are null.
  public func json(confusion: Bool, perClass: Bool) -> JSON {
    var members: [(key: String, value: JSON)] = [("rows", .number(rows))]
    for metric in metrics { members.append((metric.name, metric.json)) }
    if columns.count > 1 {
      let objects = columns.enumerated().map { (i, column) in
        JSON.object([("name", .string(className(i)))] + column.metrics().map { ($0.name, $0.json) })
      }
      members.append(("columns", .array(objects)))
    }
    guard let classification, confusion || perClass else { return .object(members) }
    let classes = 0..<classification.classes
    members.append(("classes", .array(classes.map { .string(className($0)) })))
    if perClass {
      let objects = classes.map { id -> JSON in
        let numbers = classification.perClass(id)
        return .object([
          ("class", .string(className(id))), ("precision", .number(numbers.precision)),
          ("recall", .number(numbers.recall)), ("f1", .number(numbers.f1)), ("support", .number(numbers.support)),
        ])
      }
      members.append(("per_class", .array(objects)))
    }
    if confusion {
      let matrix = classes.map { row in
        JSON.array(classes.map { .number(classification.confusion[row * classification.classes + $0]) })
      }
      members.append(("confusion", .array(matrix)))
    }
    return .object(members)
  }

  // MARK: Text

  /// One metric a line, then the tables that were asked for.
  public func text(confusion: Bool, perClass: Bool) -> String {
    var out = "rows \(rows)\n" + metrics.map { "\($0.name) \(EvaluationResult.short($0.value))\n" }.joined()
    if columns.count > 1 {
      let body = columns.enumerated().map { (i, column) in
        [label(i)] + column.metrics().map { EvaluationResult.short($0.value) }
      }
      out += "\n" + TextTable.text(["column", "mae", "mse", "rmse", "r2"], body, rightAligned: 1...4)
    }
    guard let classification else { return out }
    if perClass { out += "\n" + perClassTable(classification) }
    if confusion { out += "\n" + confusionTable(classification) }
    return out
  }

  private func perClassTable(_ metrics: ClassificationMetrics) -> String {
    func line(_ name: String, _ numbers: ClassificationMetrics.PerClass) -> [String] {
      let shown = [numbers.precision, numbers.recall, numbers.f1].map { EvaluationResult.short($0) }
      return [name] + shown + [String(numbers.support)]
    }
    let (macro, weighted) = metrics.averages()
    return TextTable.text(
      ["class", "precision", "recall", "f1", "support"],
      (0..<metrics.classes).map { line(label($0), metrics.perClass($0)) }
        + [line("macro", macro), line("weighted", weighted)], rightAligned: 1...4)
  }

  private func confusionTable(_ metrics: ClassificationMetrics) -> String {
    let classes = 0..<metrics.classes
    let head = ["true\\predicted"] + classes.map(label)
    let body = classes.map { row in
      [label(row)] + classes.map { String(metrics.confusion[row * metrics.classes + $0]) }
    }
    return TextTable.text(head, body, rightAligned: 1...metrics.classes)
  }

  /// A number for people: five significant digits; "undefined" for none.
  static func short(_ value: Double?) -> String {
    guard let value else { return "undefined" }
    var buffer = [CChar](repeating: 0, count: 40)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.5g", $0) }
    return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Metric {
  var json: JSON { value.map { JSON.number($0) } ?? .null }
}
