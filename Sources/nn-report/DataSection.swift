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
    try addExamples(to: &html)
    return html
  }

  /// The parts by their roles; those of one role are numbered.
  var partNames: [String] {
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

  /// The targets of a part, column by column; nil when it has none.
  func targets(_ part: DataPart) throws(Failure) -> [(name: String, values: [Double])]? {
    guard try part.labels() == nil, part.rows > 0 else { return nil }
    let names = part.first[list: Metadata.targets]
    let values = part.frames.compactMap { $0.tensors["y"]?.doubles }.flatMap { $0 }
    let width = values.count / part.rows
    guard width > 0, values.count == part.rows * width else { return nil }
    return (0..<width).map { column in
      let name = names?.count == width ? names?[column] : nil
      return ((name ?? String(column)).printable, stride(from: column, to: values.count, by: width).map { values[$0] })
    }
  }

  private func addTargets(_ names: [String], to html: inout HTML) throws(Failure) {
    var found: [(part: String, targets: [(name: String, values: [Double])])] = []
    for (name, part) in zip(names, findings.parts) {
      if let own = try targets(part) { found.append((name, Array(own.prefix(Page.mostClasses)))) }
    }
    guard let first = found.first?.targets else { return }
    let areLabels = found.allSatisfy { $0.targets.allSatisfy { $0.values.allSatisfy { [0, 1].contains($0) } } }
    if areLabels, found.allSatisfy({ $0.targets.map(\.name) == first.map(\.name) }) {
      html.heading("Labels")
      let rows = first.indices.map { column in
        [HTML.Cell.text(first[column].name)]
          + found.map { .number(String($0.targets[column].values.count { $0 == 1 })) }
      }
      return html.table(["label"] + found.map { "yes in \($0.part)" }, rows)
    }
    html.heading("Targets")
    let rows = found.flatMap { part, targets in
      targets.map { name, values in
        let statistics = Statistics(Tensor(values, shape: [values.count]))
        let numbers = [statistics.minimum, statistics.mean, statistics.maximum, statistics.standardDeviation]
        return [HTML.Cell.text(part), .text(name)] + numbers.map { .number(Page.short($0)) }
      }
    }
    html.table(["part", "target", "least", "mean", "greatest", "standard deviation"], rows)
  }

  /// A number of a table, with five significant digits.
  static func short(_ value: Double) -> String {
    value.isFinite ? Numbers.text(Numbers.rounded(value, digits: 5)) : value.shown
  }
}
