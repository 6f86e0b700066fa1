import Networks
import Tensors

extension Page {
  /// The layers of the model, and how it was trained as far as it tells.
  func model() throws(Failure) -> HTML? {
    guard let model = findings.model else { return nil }
    let summary = ModelSummary(try Network(frame: model))
    var html = HTML()
    html.table(
      ["layer", "", "output", "parameters", "trainable", "multiply-adds"],
      summary.rows.map { row in
        [
          .text(row.name), .text(row.text), .text(Shape.text(row.output)), .number(String(row.parameters)),
          .number(row.parameters == 0 ? "" : String(row.trainable)),
          .number(row.multiplyAdds == 0 ? "" : String(row.multiplyAdds)),
        ]
      })
    html.paragraph(
      "\(summary.parameters) parameters, \(summary.trainable) of them trainable; \(summary.multiplyAdds) multiply-adds a "
        + "row. Input: \(Shape.text(summary.input)).")
    let notes = [
      ("Loss", model.metadata[Metadata.loss]), ("Optimizer", model.metadata["nn.optimizer"]),
      ("Preparation of its rows", findings.preparation?.text),
    ]
    let told = notes.compactMap { name, value in value.map { "\(name): \($0.printable)." } }
    if !told.isEmpty { html.paragraph(told.joined(separator: " ")) }
    return html
  }
}
