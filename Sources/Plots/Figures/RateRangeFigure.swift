import Training

/// Learning-rate range tests: loss against rate, smoothed, with the suggested rate.
public enum RateRangeFigure {
  /// The ends of the smoothed losses and a little more: those of single steps may be far outside.
  private static func limits(_ tests: [(name: String, curve: LearningRateCurve)]) -> ClosedRange<Double>? {
    let smoothed = Scale(.linear, of: tests.lazy.flatMap(\.curve.points).map(\.smoothed)).domain
    let margin = 0.15 * (smoothed.upperBound - smoothed.lowerBound)
    return smoothed.lowerBound - margin...smoothed.upperBound + margin
  }

  /// Draws some tests over each other.
  public static func figure(_ tests: [(name: String, curve: LearningRateCurve)]) -> Figure {
    let isOne = tests.count == 1
    var layers: [Chart.Layer] = []
    for (i, test) in tests.enumerated() {
      let ink = Ink.series(i)
      let smoothed = test.curve.points.map { Point($0.rate, $0.smoothed) }
      if isOne {
        layers.append(.line(test.curve.points.map { Point($0.rate, $0.loss) }, LineStyle(.muted, dashed: true)))
      }
      layers.append(.line(smoothed, LineStyle(ink)))
      if let suggestion = test.curve.suggestion {
        let line = LineStyle(isOne ? .series(1) : ink, dashed: true)
        layers.append(.rule(suggestion, line, label: "try \(Figures.rough(suggestion))"))
      }
    }
    let legend =
      isOne
      ? [
        LegendEntry("smoothed loss", .line(LineStyle(.series(0)))),
        LegendEntry("loss of each step", .line(LineStyle(.muted, dashed: true))),
      ] : tests.enumerated().map { LegendEntry($1.name, .line(LineStyle(.series($0)))) }
    let chart = Chart("loss", x: .init("learning rate", .logarithmic), y: .init("", limits: limits(tests)), layers)
    return Figure("Learning-rate range test", legend: legend, panels: [chart])
  }
}
