import Preparation
import Tensors

extension Page {
  /// More classes than this are not counted one by one.
  private static let mostClasses = 50
  /// Rows of more values are no table.
  static let mostColumns = 12

  /// What there is of data: rows, counts of classes, statistics of targets, and examples.
  func data() throws(Failure) -> HTML? {
    guard !findings.parts.isEmpty else { return nil }
    var html = HTML()
    let names = partNames
    var rows: [[HTML.Cell]] = []
    for (name, part) in zip(names, findings.parts) {
      let x = try part.first.tensor("x")
      rows.append([
        .text(name), .number(String(part.rows)), .text(Shape.text(Array(x.shape.dropFirst()))), .text(x.type.rawValue),
        .text(part.first.metadata[Metadata.prepared] ?? "raw"),
      ])
    }
    html.table(["part", "rows", "shape of a row", "type", "prepared"], rows)
    try addClasses(names, to: &html)
    try addTargets(names, to: &html)
    try addExamples(names, to: &html)
    return html
  }

  /// The parts by their roles; those of one role are numbered.
  private var partNames: [String] {
    let roles = findings.parts.map { ($0.role ?? "data").printable }
    return roles.enumerated().map { i, role in
      let before = roles[..<i].count { $0 == role }
      return before == 0 ? role : "\(role) (\(before + 1))"
    }
  }

  private func addClasses(_ names: [String], to html: inout HTML) throws(Failure) {
    var order: [String] = []
    var counts: [String: [Int]] = [:]
    for (i, part) in findings.parts.enumerated() {
      guard let labels = try part.labels() else { continue }
      let classes = part.first[list: Metadata.classes]
      var own: [Int: Int] = [:]
      for label in labels { own[label, default: 0] += 1 }
      for id in classes.map({ Array($0.indices) }) ?? own.keys.sorted() {
        let name = classes?[id] ?? String(id)
        if counts[name] == nil { order.append(name) }
        counts[name, default: [Int](repeating: 0, count: names.count)][i] = own[id] ?? 0
      }
    }
    guard !order.isEmpty else { return }
    html.heading("Classes")
    let shown = order.prefix(Page.mostClasses)
    let rows = shown.map { name in
      [HTML.Cell.text(name.printable)] + (counts[name] ?? []).map { .number(String($0)) }
    }
    html.table(["class"] + names, rows)
    if shown.count < order.count { html.paragraph("… and \(order.count - shown.count) more classes.") }
  }

  private func addTargets(_ names: [String], to html: inout HTML) throws(Failure) {
    var rows: [[HTML.Cell]] = []
    for (name, part) in zip(names, findings.parts) {
      guard try part.labels() == nil, part.rows > 0 else { continue }
      let targets = part.first[list: Metadata.targets]
      let values = part.frames.compactMap { $0.tensors["y"]?.doubles }.flatMap { $0 }
      let width = values.count / part.rows
      for column in 0..<min(width, Page.mostClasses) {
        let own = stride(from: column, to: values.count, by: width).map { values[$0] }
        let statistics = Statistics(Tensor(own, shape: [own.count]))
        rows.append(
          [.text(name), .text((targets?[column] ?? String(column)).printable)]
            + [statistics.minimum, statistics.mean, statistics.maximum, statistics.standardDeviation].map {
              .number(Numbers.text(Numbers.rounded($0, digits: 5)))
            })
      }
    }
    guard !rows.isEmpty else { return }
    html.heading("Targets")
    html.table(["part", "target", "least", "mean", "greatest", "standard deviation"], rows)
  }

  // MARK: Examples

  private func addExamples(_ names: [String], to html: inout HTML) throws(Failure) {
    let filled = names.indices.filter { findings.parts[$0].rows > 0 }
    guard examples > 0, let chosen = Findings.clearest(filled, of: findings.parts, shape) else { return }
    let (name, part) = (names[chosen], findings.parts[chosen])
    let labels = try part.labels()
    let rows = Page.spread(labels, rows: part.rows, count: examples)
    let classes = part.first[list: Metadata.classes]
    let captions = rows.map { row in labels.map { (classes?[$0[row]] ?? String($0[row])).printable } ?? "row \(row)" }
    if let images = try InlineImage.rows(rows, of: part, shape: shape) {
      html.heading("Examples of \(name)")
      html.images(Array(zip(images, captions)).map { ($0, caption: $1) })
    } else if let columns = try FeatureColumns(part) {
      html.heading("Examples of \(name)")
      html.table(
        ["row"] + columns.names + (labels == nil ? [] : ["class"]),
        zip(rows, captions).map { row, caption in
          [.number(String(row))] + columns.cells(of: row) + (labels == nil ? [] : [.text(caption)])
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
    return rounds.filter { $0.round < count }.sorted { ($0.round, $0.label) < ($1.round, $1.label) }.prefix(count).map(\.row)
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
    return values.map { .number($0.isFinite ? Numbers.text(Numbers.rounded($0, digits: 5)) : $0.shown) }
  }
}
