/// Running sums over predicted values of one column; memory does not grow with the rows.
///
/// With o_i the output and y_i the target of row i, over n rows: MAE = 1/n Σ |o_i − y_i|, MSE = 1/n Σ (o_i − y_i)²,
/// RMSE = √MSE, R² = 1 − Σ (o_i − y_i)² / Σ (y_i − ȳ)², its denominator by Welford's update (1962), which stays exact
/// for targets far from zero.
public struct RegressionMetrics: Sendable {
  /// Rows seen.
  public private(set) var rows = 0
  private var absolute = 0.0
  private var squares = 0.0
  private var mean = 0.0
  private var spread = 0.0

  /// Empty sums.
  public init() {}

  /// Adds one row.
  public mutating func add(output: Double, target: Double) {
    rows += 1
    let error = output - target
    absolute += abs(error)
    squares += error * error
    let distance = target - mean
    mean += distance / Double(rows)
    spread += distance * (target - mean)
  }

  /// 1 − residual over total sum of squares; nil when the targets are all equal.
  public var r2: Double? { spread > 0 ? 1 - squares / spread : nil }

  /// The metrics of this column.
  public func metrics() -> [Metric] { RegressionMetrics.metrics([self]) }

  /// The metrics over all elements of several columns; R² is the plain mean of the columns' R².
  public static func metrics(_ columns: [RegressionMetrics]) -> [Metric] {
    let count = Double(columns.reduce(0) { $0 + $1.rows })
    let mse = columns.reduce(0) { $0 + $1.squares } / count
    let defined = columns.compactMap(\.r2)
    return [
      Metric("mae", columns.reduce(0) { $0 + $1.absolute } / count),
      Metric("mse", mse),
      Metric("rmse", mse.squareRoot()),
      Metric("r2", defined.count == columns.count ? defined.reduce(0, +) / Double(columns.count) : nil),
    ]
  }
}
