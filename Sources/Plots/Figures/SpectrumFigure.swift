import Preparation
import Tensors

/// The variances along the principal axes, and the share of them that the first ones have together: of the record that
/// whitening leaves, or else of the columns of data that was projected.
struct SpectrumFigure: FrameFigure {
  private var variances: [Double]?
  private var moments: [ColumnMoments] = []

  /// Mean and sum of squared differences of one column (Welford 1962).
  private struct ColumnMoments {
    var count = 0.0
    var mean = 0.0
    var squares = 0.0

    mutating func add(_ value: Double) {
      count += 1
      let difference = value - mean
      mean += difference / count
      squares += difference * (value - mean)
    }
  }

  mutating func add(_ frame: Frame) throws(Failure) {
    try frame.require([.prep, .model, .data])
    let record = try Preparation(frame: frame)
    if variances == nil, let spectrum = record?.spectrum { variances = spectrum }
    if variances != nil { return }
    let text = frame.metadata[Metadata.prepared] ?? ""
    guard frame.kind == .data, text.contains("pca:"), try frame.checkData() >= 0 else {
      throw .input(
        "\(frame.place): "
          + (text.contains("pca:")
            ? "its preparation does not keep the variances, as --whiten does; draw them from the prepared data"
            : "no principal components; nn-prep --pca K makes them"))
    }
    let x = try frame.tensor("x")
    if moments.isEmpty { moments = [ColumnMoments](repeating: ColumnMoments(), count: x.rowCount) }
    guard moments.count == x.rowCount else { throw .input("\(frame.place): rows of \(x.rowCount) values") }
    let values = x.doubles
    for (i, value) in values.enumerated() {
      guard value.isFinite else { throw .input("\(frame.place): row \(i / x.rowCount): 'x' is \(value.shown)") }
      moments[i % x.rowCount].add(value)
    }
  }

  func figure() throws(Failure) -> Figure {
    let found = variances ?? moments.map { $0.count > 1 ? $0.squares / ($0.count - 1) : 0 }
    guard !found.isEmpty, found.contains(where: { $0 > 0 }) else {
      throw .input("no principal components with a variance")
    }
    let total = found.reduce(0, +)
    var sum = 0.0
    let shares = found.map { variance in
      sum += variance
      return sum / total
    }
    func numbered(_ values: [Double]) -> [Point] {
      values.enumerated().map { Point(Double($0.offset + 1), $0.element) }
    }
    func dotted(_ points: [Point]) -> [Chart.Layer] {
      [.line(points, LineStyle(.series(0)))] + (points.count <= 40 ? [.dots(points, .series(0))] : [])
    }
    let most = shares.firstIndex { $0 >= 0.95 }.map { $0 + 1 } ?? shares.count
    return Figure(
      "Principal components: \(found.count) kept; the first \(most) have 95% of their variance",
      panels: [
        Chart("variance", x: .init("component", .whole), y: .init("", .logarithmic), dotted(numbered(found))),
        Chart(
          "share of the kept variance, together", x: .init("component", .whole), y: .init(range: 0...1),
          dotted(numbered(shares))),
      ])
  }
}
