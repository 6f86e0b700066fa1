import Preparation
import Tensors
import Training

/// A row that was predicted badly.
private struct Mistake {
  var row: Int
  var truth: String
  var predicted: String
  /// How sure a predicted class is; nil of other predictions.
  var confidence: Double?
  var loss: Double
}

extension Page {
  /// Labels and values of a row beyond this many are left out.
  private static let mostNames = 8

  /// The rows of greatest loss: of classes and labels those that were predicted wrong, of values all.
  func mistakes() throws(Failure) -> HTML? {
    guard examples > 0, findings.predictedRows > 0, try findings.evaluation() != nil else { return nil }
    var html = HTML()
    let mistakes = worst(examples)
    guard let first = mistakes.first else {
      html.paragraph("No row was predicted wrong.")
      return html
    }
    let part = try findings.predictedPart(shape)
    let rows = mistakes.map(\.row)
    let images = try part.flatMap { part throws(Failure) in try InlineImage.rows(rows, of: part, shape: shape) }
    let columns = images == nil ? try part.flatMap { part throws(Failure) in try FeatureColumns(part) } : nil
    let isValue = if case .targets? = findings.predictions.first?.truth { true } else { false }
    var head = ["row", "true", "predicted"] + (first.confidence == nil ? [] : ["how sure"])
    head.append(isValue ? "squared error" : "loss")
    head = (images == nil ? [] : [""]) + head + (columns?.names ?? [])
    html.table(
      head,
      mistakes.enumerated().map { i, mistake in
        let image = images.map { [HTML.Cell.image($0[i])] } ?? []
        let sure = mistake.confidence.map { [HTML.Cell.number(Figures.short($0))] } ?? []
        return image + [.number(String(mistake.row)), .text(mistake.truth), .text(mistake.predicted)] + sure
          + [.number(Figures.short(mistake.loss))] + (columns?.cells(of: mistake.row) ?? [])
      })
    return html
  }

  private func worst(_ count: Int) -> [Mistake] {
    var found: [Mistake] = []
    var start = 0
    for prediction in findings.predictions {
      for row in 0..<prediction.rows {
        guard let mistake = mistake(prediction, row, at: start + row) else { continue }
        found.append(mistake)
      }
      start += prediction.rows
    }
    return Array(found.sorted { ($1.loss, $0.row) < ($0.loss, $1.row) }.prefix(count))
  }

  private func mistake(_ prediction: Predictions, _ row: Int, at number: Int) -> Mistake? {
    guard let loss = prediction.loss(of: row) else { return nil }
    let own = prediction.numbers(of: row)
    func name(_ id: Int) -> String { prediction.name(id).printable }
    func list(_ names: [String]) -> String {
      let more = names.count > Page.mostNames ? ["… and \(names.count - Page.mostNames) more"] : []
      return names.isEmpty ? "none" : (names.prefix(Page.mostNames) + more).joined(separator: ", ")
    }
    switch prediction.truth {
    case .none: return nil
    case .labels(let labels):
      let choice = own.predictedClass
      guard choice != labels[row] else { return nil }
      return Mistake(
        row: number, truth: name(labels[row]), predicted: name(choice), confidence: own[own.startIndex + choice],
        loss: loss)
    case .shares(let shares):
      func yeses(_ values: ArraySlice<Double>) -> [String] {
        zip(0..., values).filter { MultiLabelMetrics.isYes($0.1) }.map { name($0.0) }
      }
      let (truth, predicted) = (yeses(shares[own.indices]), yeses(own))
      return truth == predicted
        ? nil : Mistake(row: number, truth: list(truth), predicted: list(predicted), loss: loss)
    case .targets(let targets):
      func texts(_ values: ArraySlice<Double>) -> [String] { values.map(Page.short) }
      return Mistake(row: number, truth: list(texts(targets[own.indices])), predicted: list(texts(own)), loss: loss)
    }
  }
}
