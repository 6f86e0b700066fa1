#if canImport(Glibc)
  import Glibc
#endif

/// Temperature scaling (Guo et al. 2017): the T for which softmax(z/T) has the smallest negative log-likelihood, z being
/// the outputs before the softmax. More than 1 where predictions are surer than they should be; it never changes which
/// class is the most probable.
///
/// Since softmax does not see what is added to all of z, z = ln p will do. All rows are kept, 4 bytes a class.
public struct Temperature: Sendable {
  /// The names of its metrics.
  static let names = ["temperature", "calibrated_nll", "calibrated_ece"]
  /// T is looked for from 1/100 to 100.
  private static let limit = 100.0

  private let classes: Int
  private var logits: [Float] = []
  private var labels: [Int32] = []

  /// No rows yet.
  init(classes: Int) { self.classes = classes }

  /// Adds rows: `probabilities` [n, classes] row-major, one class id a row in `labels`.
  mutating func add(_ probabilities: [Double], labels: [Int]) {
    logits += probabilities.map { Float(log(max($0, Double(Float.leastNormalMagnitude)))) }
    self.labels += labels.map { Int32($0) }
  }

  /// The temperature; 1 where the loss is the same for all, nil where it falls to an end of the interval: predictions that
  /// are all right, or all wrong, have none.
  ///
  /// The loss is convex in 1/T: its slope is brought to 0 by Newton's steps, inside of what is left of the interval.
  var value: Double? {
    var (low, high) = (1 / Temperature.limit, Temperature.limit)
    guard abs(derivatives(at: 1).slope) > 1e-12 * Double(labels.count) else { return 1 }
    var beta = 1.0
    for _ in 0..<100 {
      let (slope, curvature) = derivatives(at: beta)
      if slope > 0 { high = beta } else { low = beta }
      var next = beta - slope / curvature
      if !(next > low && next < high) { next = (low * high).squareRoot() }
      guard abs(next - beta) > 1e-9 * beta else { break }
      beta = next
    }
    return beta > 1.01 / Temperature.limit && beta < 0.99 * Temperature.limit ? 1 / beta : nil
  }

  /// The loss summed over the rows, ln Σ_c exp(β z_c) − β z_y, derived by β once and twice.
  private func derivatives(at beta: Double) -> (slope: Double, curvature: Double) {
    var (slope, curvature) = (0.0, 0.0)
    for row in labels.indices {
      let p = scaled(row, by: beta)
      let z = logits[row * classes..<(row + 1) * classes]
      let mean = zip(p, z).reduce(0) { $0 + $1.0 * Double($1.1) }
      slope += mean - Double(z[z.startIndex + Int(labels[row])])
      curvature += zip(p, z).reduce(0) { $0 + $1.0 * (Double($1.1) - mean) * (Double($1.1) - mean) }
    }
    return (slope, curvature)
  }

  /// softmax(β z) of a row.
  private func scaled(_ row: Int, by beta: Double) -> [Double] {
    let z = logits[row * classes..<(row + 1) * classes].map { Double($0) * beta }
    let largest = z.max() ?? 0
    let powers = z.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// The temperature, and what becomes of loss and calibration error with it.
  func metrics() -> [Metric] {
    guard let temperature = value else { return Temperature.names.map { Metric($0, nil) } }
    var metrics = ClassificationMetrics(classes: classes)
    metrics.add(labels.indices.flatMap { scaled($0, by: 1 / temperature) }, labels: labels.map(Int.init))
    let found = metrics.metrics()
    func named(_ name: String) -> Double? { found.first { $0.name == name }?.value }
    return zip(Temperature.names, [temperature, named("nll"), named("ece")]).map { Metric($0, $1) }
  }
}
