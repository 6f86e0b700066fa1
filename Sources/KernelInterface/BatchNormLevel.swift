/// Batch normalization over the rows of a tile (Ioffe and Szegedy 2015), column by column.
///
/// `columns` starts at a multiple of 16; per-column arrays are indexed by the absolute column and have
/// room for `columns` rounded up to 16. Columns are independent, so callers split by columns.
public protocol BatchNormLevel {
  /// mean[c] = Σ_r x[r, c] / rows; variance[c] = Σ_r (x − mean)² / rows (biased);
  /// inverseStd[c] = 1/√(variance + epsilon). Two passes in Double.
  static func batchNormStatistics(
    x: UnsafePointer<Float>, ldx: Int, rows: Int, columns: Range<Int>, epsilon: Double,
    mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>,
    inverseStd: UnsafeMutablePointer<Float>)

  /// y[r, c] = (x[r, c] − mean[c])·(inverseStd[c]·gamma[c]) + beta[c]; y may be x. Used in training (the
  /// batch's statistics) and in inference (running ones).
  static func batchNormForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, columns: Range<Int>,
    mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>,
    gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>, ldy: Int)

  /// With x̂ = (x − mean)·inverseStd: dgamma[c] = Σ_r dy·x̂; dbeta[c] = Σ_r dy;
  /// dx = gamma·inverseStd·(dy − dbeta/rows − x̂·dgamma/rows), in place over dy, unless it is not wanted.
  static func batchNormBackward(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafeMutablePointer<Float>, lddy: Int,
    rows: Int, columns: Range<Int>, mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>,
    gamma: UnsafePointer<Float>, dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>,
    makesInputGradient: Bool)
}
