import Tensors
import Training

/// The share of right predictions against how sure they are (DeGroot and Fienberg 1983; Guo et al. 2017), and how many
/// predictions are how sure. On the diagonal a model that says 70 % is right in 70 of 100 cases.
struct ReliabilityFigure: FrameFigure {
  private var evaluation = Evaluation()

  mutating func add(_ frame: Frame) throws(Failure) { try evaluation.addClasses(frame, "a reliability diagram") }

  func figure() throws(Failure) -> Figure {
    let result = try evaluation.result()
    guard let metrics = result.classification else { throw .input("no predicted classes") }
    let bins = metrics.calibration
    let error = result.metrics.first { $0.name == "ece" }?.value ?? .nan
    let found = bins.map { Point($0.confidence, $0.accuracy) }
    let whole: ClosedRange<Double> = 0...1
    let diagram = Chart(
      "share that is right", x: .init("confidence", range: whole), y: .init(range: whole),
      [
        .line([Point(0, 0), Point(1, 1)], LineStyle(.muted, dashed: true)), .line(found, LineStyle(.series(0))),
      ] + found.map { .mark($0, .series(0), label: "") })
    var steps: [Point] = []
    for bin in 0..<ClassificationMetrics.bins {
      let (low, high) = (
        Double(bin) / Double(ClassificationMetrics.bins), Double(bin + 1) / Double(ClassificationMetrics.bins)
      )
      let rows = bins.filter {
        min(Int($0.confidence * Double(ClassificationMetrics.bins)), ClassificationMetrics.bins - 1) == bin
      }
      .reduce(0) { $0 + $1.rows }
      let share = Double(rows) / Double(result.rows)
      steps += [Point(low, share), Point(high, share)]
    }
    let ink = Ink.series(0)
    let counts = Chart(
      "share of rows", x: .init("confidence", range: whole), y: .init(including: 0),
      [.band(lower: steps.map { Point($0.x, 0) }, upper: steps, ink), .line(steps, LineStyle(ink))])
    return Figure(
      "Reliability: calibration error (ece) \(Figures.short(error)), \(result.rows) row\(result.rows == 1 ? "" : "s")",
      legend: [
        LegendEntry("predictions", .line(LineStyle(ink))),
        LegendEntry("perfectly calibrated", .line(LineStyle(.muted, dashed: true))),
      ], panels: [diagram, counts])
  }
}
