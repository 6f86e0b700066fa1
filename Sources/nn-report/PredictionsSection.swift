import Plots
import Tensors
import Training

extension Page {
  /// How good the predictions are.
  func predictions(_ result: EvaluationResult?) throws(Failure) -> HTML? {
    guard findings.predictedRows > 0 else { return nil }
    var html = HTML()
    if let result {
      html.table(
        ["metric", "of \(result.rows) row\(result.rows == 1 ? "" : "s")", ""],
        result.metrics.map { metric in
          [
            .text(MetricWords.title(metric.name)), .number(EvaluationResult.short(metric.value)),
            .words(MetricWords.explanation(metric.name)),
          ]
        })
    } else {
      html.paragraph("\(findings.predictedRows) rows, whose truth is not known.")
    }
    html.figures(try figures(hasTruth: result != nil))
    if let parts = result?.parts {
      html.heading("Each \(parts.head[0])")
      html.table(parts.head, parts.rows.map { row in [.text(row[0])] + row.dropFirst().map { .number($0) } })
    }
    return html
  }

  private func figures(hasTruth: Bool) throws(Failure) -> [PlacedFigure] {
    switch findings.predictions.first?.task {
    case .classification(let classes, _) where hasTruth && classes <= Evaluation.largestConfusion:
      let matrix = PlacedFigure(try findings.figure(.confusion), height: 340, classes: classes)
      return [matrix] + PlacedFigure.parts(of: try findings.figure(.reliability))
    case .classification where !hasTruth: return [PlacedFigure(try findings.figure(.entropy))]
    case .regression where hasTruth:
      var figure = try findings.figure(.targets)
      figure.title = ""  // the metrics are above it
      return [PlacedFigure(figure, height: 340)]
    default: return []
    }
  }
}

extension Findings {
  /// The metrics of all predictions; nil when there are none, or their truth is not known.
  func evaluation() throws(Failure) -> EvaluationResult? {
    let areKnown = predictions.allSatisfy { prediction in
      if case .none = prediction.truth { prediction.rows == 0 } else { true }
    }
    guard areKnown, predictedRows > 0 else { return nil }
    var evaluation = Evaluation()
    for (frame, prediction) in zip(predictionFrames, predictions) where prediction.rows > 0 {
      try evaluation.add(frame)
    }
    return try evaluation.result()
  }

  /// A figure of all predictions.
  fileprivate func figure(_ kind: FigureKind) throws(Failure) -> Figure {
    guard var collector = kind.collector() else { throw .failed("\(kind.rawValue) is not made of frames") }
    for (frame, prediction) in zip(predictionFrames, predictions) where prediction.rows > 0 { try collector.add(frame) }
    return try collector.figure()
  }
}
