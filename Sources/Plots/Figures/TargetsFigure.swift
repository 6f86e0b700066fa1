import Tensors
import Training

/// Predicted values against the true ones; on the diagonal they are the same.
struct TargetsFigure: FrameFigure {
  private var evaluation = Evaluation()
  private var points: [[Point]] = []

  mutating func add(_ frame: Frame) throws(Failure) {
    let predictions = try Predictions(frame)
    guard case .regression(let columns) = predictions.task else {
      throw .input("\(frame.place): predicted values are drawn against the true ones; these are probabilities")
    }
    try evaluation.add(frame)
    guard case .targets(let targets) = predictions.truth else { return }
    if points.isEmpty { points = [[Point]](repeating: [], count: columns) }
    for i in targets.indices { points[i % columns].append(Point(targets[i], predictions.values[i])) }
  }

  func figure() throws(Failure) -> Figure {
    let result = try evaluation.result()
    let all = points.joined()
    let scale = Scale(.linear, of: all.flatMap { [$0.x, $0.y] })
    let ends = [scale.domain.lowerBound, scale.domain.upperBound].map { Point($0, $0) }
    let metrics = result.metrics.compactMap { metric in metric.value.map { "\(metric.name) \(Figures.short($0))" } }
    let chart = Chart(
      "predicted", x: .init("true", range: scale.domain), y: .init(range: scale.domain),
      [.line(ends, LineStyle(.muted, dashed: true))]
        + points.enumerated().map { .dots($0.element, .series($0.offset)) })
    let legend = points.indices.map { LegendEntry(result.name($0).printable, .dot(.series($0))) }
    return Figure(
      "Predicted against true: \(metrics.joined(separator: ", "))", legend: points.count > 1 ? legend : [],
      panels: [chart])
  }
}
