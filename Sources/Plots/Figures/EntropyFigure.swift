#if canImport(Glibc)
  import Glibc
#endif
import Tensors
import Training

/// How uncertain predictions are: a histogram of their entropies −Σ p ln p, right and wrong predictions apart where the
/// truth is known. Of Monte-Carlo predictions p is the mean of the passes, and the entropy that of the frame.
struct EntropyFigure: FrameFigure {
  private static let bins = 30
  /// Rows a bin, of right and of wrong predictions; of all in the first when the truth is not known.
  private var counts = [[Int](repeating: 0, count: bins), [Int](repeating: 0, count: bins)]
  private var classes: Int?
  private var hasTruth = true

  mutating func add(_ frame: Frame) throws(Failure) {
    let predictions = try Predictions(frame)
    guard case .classification(let count, _) = predictions.task else {
      throw .input("\(frame.place): entropies are those of predicted classes; these are labels or values")
    }
    if let classes, classes != count { throw .input("\(frame.place): \(count) classes where there were \(classes)") }
    classes = count
    var stored = frame.tensors["entropy"]?.doubles
    if let values = stored, values.count != predictions.rows || !values.allSatisfy(\.isFinite) { stored = nil }
    var labels: [Int]?
    if case .labels(let ids) = predictions.truth { labels = ids } else if predictions.rows > 0 { hasTruth = false }
    let most = log(Double(count))
    for row in 0..<predictions.rows {
      let p = predictions.values[row * count..<(row + 1) * count]
      let entropy = stored?[row] ?? -p.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
      let bin = Int(max(0, min(Double(EntropyFigure.bins - 1), entropy / most * Double(EntropyFigure.bins))))
      counts[labels.map { $0[row] == p.predictedClass ? 0 : 1 } ?? 0][bin] += 1
    }
  }

  func figure() throws(Failure) -> Figure {
    let rows = counts.map { $0.reduce(0, +) }
    guard let classes, rows[0] + rows[1] > 0 else { throw .input("no rows to draw") }
    let most = log(Double(classes))
    var layers: [Chart.Layer] = []
    for i in [0, 1] where rows[i] > 0 {
      var steps: [Point] = []
      for (bin, count) in counts[i].enumerated() {
        let share = Double(count) / Double(rows[i])
        steps.append(Point(most * Double(bin) / Double(EntropyFigure.bins), share))
        steps.append(Point(most * Double(bin + 1) / Double(EntropyFigure.bins), share))
      }
      layers.append(.band(lower: steps.map { Point($0.x, 0) }, upper: steps, .series(i)))
      layers.append(.line(steps, LineStyle(.series(i))))
    }
    let names = hasTruth ? ["right", "wrong"] : ["all", "wrong"]
    let legend = [0, 1].filter { rows[$0] > 0 }.map {
      LegendEntry("\(names[$0]): \(rows[$0]) rows", .line(LineStyle(.series($0))))
    }
    let chart = Chart(
      hasTruth ? "share of the rows of each" : "share of rows",
      x: .init("entropy (at most ln \(classes) = \(Figures.short(most)))", range: 0...most), y: .init(including: 0),
      layers)
    return Figure("Entropy of the predictions", legend: legend, panels: [chart])
  }
}
