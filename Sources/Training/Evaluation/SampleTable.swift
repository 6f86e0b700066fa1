#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// The loss of each row, as a table with a header and tabs between its columns, or as JSON lines.
///
/// For predicted classes the loss is −ln max(p[y], 1e-12), beside the true class, the most probable one and its
/// probability; for labels it is the mean of their binary cross-entropies, and for values the mean over the columns of
/// (output − y)². Their means are the metrics `nll`, `bce` and `mse`.
public struct SampleTable: Sendable {
  private let isJSON: Bool
  private var row = 0

  /// A table at its first row.
  public init(isJSON: Bool) { self.isJSON = isJSON }

  /// The lines of a frame's rows, which are numbered on from the frames before, and before the first of them the header.
  public mutating func lines(of predictions: Predictions) -> String {
    var text = row == 0 && predictions.rows > 0 && !isJSON ? header(predictions) : ""
    let columns = predictions.columns
    for i in 0..<predictions.rows {
      let values = predictions.values[i * columns..<(i + 1) * columns]
      let cells: [(key: String, value: JSON)]
      switch predictions.truth {
      case .none: cells = []
      case .labels(let labels): cells = SampleTable.cells(values, label: labels[i], predictions.names)
      case .shares(let truth):
        let loss = MultiLabelMetrics.loss(values, truth[i * columns..<(i + 1) * columns])
        cells = [("loss", .number(loss))]
      case .targets(let targets): cells = SampleTable.cells(values, targets[i * columns..<(i + 1) * columns])
      }
      let members = [("row", JSON.number(row))] + cells
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

  private static func cells(_ p: ArraySlice<Double>, label: Int, _ names: [String]?) -> [(key: String, value: JSON)] {
    var best = p.startIndex
    for i in p.indices where p[i] > p[best] { best = i }
    let choice = best - p.startIndex
    let loss = -log(max(p[p.startIndex + label], ClassificationMetrics.smallest))
    func name(_ id: Int) -> JSON { .string(names?[id] ?? String(id)) }
    return [
      ("class", name(label)), ("predicted", name(choice)), ("probability", .number(p[best])), ("loss", .number(loss)),
    ]
  }

  private static func cells(
    _ output: ArraySlice<Double>, _ targets: ArraySlice<Double>
  ) -> [(key: String, value: JSON)] {
    let squares = zip(output, targets).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return [("loss", .number(squares / Double(output.count)))]
  }

  /// A number in full; a name so that no tab or line break in it can break the table.
  private static func cell(_ value: JSON) -> String { value.string.map { $0.printable } ?? value.text }
}
