import Tensors

extension EvaluationResult {
  /// One object; undefined numbers are null.
  public func json(confusion: Bool, perClass: Bool) -> JSON {
    var members: [(key: String, value: JSON)] = [("rows", .number(rows))]
    if case .labels(let metrics) = details { members.append(("labels", .number(metrics.labels))) }
    for metric in metrics { members.append((metric.name, metric.json)) }
    switch details {
    case .classes(let metrics):
      let classes = 0..<metrics.classes
      if confusion || perClass { members.append(("classes", .array(classes.map { .string(name($0)) }))) }
      if perClass { members.append(("per_class", objects("class", classes.map(metrics.perClass)))) }
      if confusion {
        let matrix = classes.map { row in
          JSON.array(classes.map { .number(metrics.confusion[row * metrics.classes + $0]) })
        }
        members.append(("confusion", .array(matrix)))
      }
    case .labels(let metrics):
      if perClass { members.append(("per_label", objects("label", (0..<metrics.labels).map(metrics.perLabel)))) }
    case .values(let columns):
      guard columns.count > 1 else { break }
      let objects = columns.enumerated().map { (i, column) in
        JSON.object([("name", .string(name(i)))] + column.metrics().map { ($0.name, $0.json) })
      }
      members.append(("columns", .array(objects)))
    }
    return .object(members)
  }

  private func objects(_ what: String, _ each: [PrecisionRecall]) -> JSON {
    .array(
      each.enumerated().map { (id, numbers) in
        .object([
          (what, .string(name(id))), ("precision", .number(numbers.precision)), ("recall", .number(numbers.recall)),
          ("f1", .number(numbers.f1)), ("support", .number(numbers.support)),
        ])
      })
  }
}

extension Metric {
  fileprivate var json: JSON { value.map { JSON.number($0) } ?? .null }
}
