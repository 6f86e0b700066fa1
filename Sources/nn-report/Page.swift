import Networks
import Plots
import Tensors
import Training

/// The page about a run: what it came to in a few numbers, then the data, the model, its training, its predictions, the
/// worst of them, and the commands; what was not given is left out.
struct Page {
  let findings: Findings
  let shape: ImageShape?
  let examples: Int

  init(_ findings: Findings, shape: ImageShape?, examples: Int) {
    self.findings = findings
    self.shape = shape
    self.examples = examples
  }

  /// The whole body.
  func content(title: String) throws(Failure) -> HTML {
    let result = try findings.evaluation()
    let sections: [(title: String, id: String, html: HTML?)] = [
      ("Data", "data", try data()), ("Model", "model", try model()), ("Training", "training", try training()),
      ("Predictions", "predictions", try predictions(result)), ("Most wrong", "mistakes", try mistakes()),
      ("Commands", "commands", try commands()),
    ]
    var html = HTML()
    html.title(title)
    html.facts(try facts(result))
    let links = sections.filter { $0.html != nil }.map { (title: $0.title, id: $0.id) }
    if links.count > 1 { html.links(links) }
    if links.isEmpty { html.paragraph("There are no rows to report about.") }
    for section in sections {
      guard let content = section.html else { continue }
      html.section(section.title, id: section.id)
      html.append(content)
    }
    return html
  }

  /// The numbers that are read first.
  private func facts(_ result: EvaluationResult?) throws(Failure) -> [(value: String, name: String)] {
    var facts: [(value: String, name: String)] = []
    if let result {
      let first = ["accuracy", "micro_f1", "exact_match", "r2", "rmse"]
      for metric in result.metrics where first.contains(metric.name) {
        facts.append((EvaluationResult.short(metric.value), MetricWords.title(metric.name)))
      }
      facts.append((String(result.rows), "row\(result.rows == 1 ? "" : "s") predicted"))
    }
    let runs = findings.runs
    if runs.count == 1, let run = runs.first, let best = run.best {
      let last = run.epochs.reduce(0, max)
      facts.append(("\(Numbers.text(run.epochs[best])) of \(Numbers.text(last))", "best epoch"))
    }
    if let model = findings.model {
      facts.append((String(ModelSummary(try Network(frame: model)).parameters), "parameters"))
    }
    if let part = findings.parts.first {
      facts.append((String(part.rows), "row\(part.rows == 1 ? "" : "s") of \((part.role ?? "data").printable)"))
    }
    return facts
  }
}
