import Plots
import Tensors
import Training

extension Page {
  /// Learning curves, and what they mean in words.
  func training() throws(Failure) -> HTML? {
    guard !findings.logs.isEmpty else { return nil }
    let runs = findings.runs
    var html = HTML()
    guard runs.contains(where: { !$0.epochs.isEmpty }) else {
      html.paragraph("The log has no epoch yet.")
      return html
    }
    if runs.count == 1 { html.paragraph("Log: \(try CurvesFigure().figure(runs).title).") }
    // The rate is worth a picture when it moves.
    let moves = runs.contains { run in
      let rates = run.curve("lr").map(\.value)
      return rates.contains { $0 != rates[0] }
    }
    var figures: [PlacedFigure] = []
    for panel in CurvesFigure.usualPanels(of: runs) + (moves ? [.lr] : []) {
      var curves = CurvesFigure()
      curves.panels = [panel]
      curves.isLogarithmic = Page.isWide(runs)
      var figure = try curves.figure(runs)
      figure.title = ""
      figures.append(PlacedFigure(figure))
    }
    html.figures(figures)
    for run in runs {
      if runs.count > 1 { html.heading(run.name) }
      html.list(CurveDiagnosis(run).findings.map { ($0.text, "Try: \($0.advice)") })
    }
    return html
  }

  /// Whether the losses range so far that their end cannot be seen beside their beginning.
  private static func isWide(_ runs: [RunLog]) -> Bool {
    let losses = runs.flatMap { ($0.curve("loss") + $0.curve("valid_loss")).map(\.value) }
    guard let low = losses.min(), let high = losses.max(), low > 0 else { return false }
    return high > 30 * low
  }
}
