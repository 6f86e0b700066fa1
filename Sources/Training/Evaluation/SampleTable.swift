import Tensors

/// The loss of each row, as a table with a header and tabs between its columns, or as JSON lines.
///
/// The loss is that of `Predictions.loss(of:)`; beside it stand, of predicted classes, the true one, the most probable one
/// and its probability.
public struct SampleTable: Sendable {
  private let isJSON: Bool
  private var row = 0

  /// A table at its first row.
  public init(isJSON: Bool) { self.isJSON = isJSON }

  /// The lines of a frame's rows, which are numbered on from the frames before, and before the first of them the header.
  public mutating func lines(of predictions: Predictions) -> String {
    var text = row == 0 && predictions.rows > 0 && !isJSON ? header(predictions) : ""
    for i in 0..<predictions.rows {
      var members = [("row", JSON.number(row))]
      if case .labels(let labels) = predictions.truth { members += SampleTable.choice(predictions, i, labels[i]) }
      if let loss = predictions.loss(of: i) { members.append(("loss", .number(loss))) }
      text += isJSON ? JSON.object(members).text : members.map { SampleTable.cell($0.1) }.joined(separator: "\t")
      text += "\n"
      row += 1
    }
    return text
  }

  private func header(_ predictions: Predictions) -> String {
    if case .classification = predictions.task { return "row\tclass\tpredicted\tprobability\tloss\n" }
    return "row\tloss\n"
  }

  private static func choice(_ predictions: Predictions, _ row: Int, _ label: Int) -> [(key: String, value: JSON)] {
    let p = predictions.numbers(of: row)
    let choice = p.predictedClass
    func name(_ id: Int) -> JSON { .string(predictions.name(id)) }
    return [
      ("class", name(label)), ("predicted", name(choice)), ("probability", .number(p[p.startIndex + choice])),
    ]
  }

  /// A number in full; a name so that no tab or line break in it can break the table.
  private static func cell(_ value: JSON) -> String { value.string.map { $0.printable } ?? value.text }
}
