import Preparation
import Tensors

extension Page {
  /// Some rows, as people see them.
  func addExamples(to html: inout HTML) throws(Failure) {
    let filled = findings.parts.indices.filter { findings.parts[$0].rows > 0 }
    guard examples > 0, let chosen = Findings.clearest(filled, of: findings.parts, shape) else { return }
    let (name, part) = (partNames[chosen], findings.parts[chosen])
    let labels = try part.labels()
    let rows = Page.spread(labels, rows: part.rows, count: examples)
    let classes = part.first[list: Metadata.classes]
    let names = labels.map { labels in rows.map { (classes?[labels[$0]] ?? String(labels[$0])).printable } }
    if let images = try InlineImage.rows(rows, of: part, shape: shape) {
      html.heading("Examples of \(name)")
      html.images(images.enumerated().map { i, image in (image, caption: names?[i] ?? "row \(rows[i])") })
    } else if let columns = try FeatureColumns(part) {
      html.heading("Examples of \(name)")
      let targets = try targets(part).map { $0.prefix(Page.mostColumns) } ?? []
      html.table(
        ["row"] + columns.names + targets.map(\.name) + (names == nil ? [] : ["class"]),
        rows.enumerated().map { i, row in
          [.number(String(row))] + columns.cells(of: row) + targets.map { .number(Page.short($0.values[row])) }
            + (names.map { [.text($0[i])] } ?? [])
        })
    }
  }

  /// Rows that show all classes: the first of each, then the second of each, and so on.
  private static func spread(_ labels: [Int]?, rows: Int, count: Int) -> [Int] {
    guard let labels else { return Array(0..<min(rows, count)) }
    var seen: [Int: Int] = [:]
    let rounds = labels.enumerated().map { row, label in
      defer { seen[label, default: 0] += 1 }
      return (round: seen[label] ?? 0, label: label, row: row)
    }
    return rounds.filter { $0.round < count }.sorted { ($0.round, $0.label) < ($1.round, $1.label) }.prefix(count).map(
      \.row)
  }
}

/// The values of rows that are no images, where there are few of them.
struct FeatureColumns {
  let names: [String]
  private let part: DataPart

  /// Nil when rows are too long, or of another shape than a line.
  init?(_ part: DataPart) throws(Failure) {
    let x = try part.first.tensor("x")
    guard x.shape.count == 2, x.rowCount <= Page.mostColumns else { return nil }
    let features = part.first[list: Metadata.features]
    names = (0..<x.rowCount).map { column in
      features?.count == x.rowCount ? (features?[column] ?? "").printable : String(column)
    }
    self.part = part
  }

  func cells(of row: Int) -> [HTML.Cell] {
    let values = part.gathering([row]).tensors["x"]?.doubles ?? []
    return values.map { .number(Page.short($0)) }
  }
}
