/// Layer normalization over the columns of each row (Ba, Kiros and Hinton 2016).
///
/// Per-row arrays are indexed by the absolute row, per-column arrays by the absolute column, with room for the columns
/// rounded up to 16. Rows are independent but for the parameters' gradients, whose columns are.
public protocol LayerNormLevel {
  /// mean[r] = Σ_c x[r, c] / columns; inverseStd[r] = 1/√(Σ_c (x − mean)²/columns + epsilon), in two passes in Double;
  /// y[r, c] = (x[r, c] − mean[r])·inverseStd[r]·gamma[c] + beta[c]; y may be x.
  static func layerNormForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, columns: Int, epsilon: Double,
    gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
    inverseStd: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>, ldy: Int)

  /// With x̂ = (x − mean)·inverseStd and g = dy·gamma:
  /// dx = inverseStd·(g − Σ_c g/columns − x̂·Σ_c (g·x̂)/columns); padding lanes of dx become zero.
  static func layerNormInputGradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, lddy: Int, rows: Range<Int>, columns: Int,
    mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>, gamma: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>, lddx: Int)

  /// dgamma[c] = Σ_r dy·x̂ and dbeta[c] = Σ_r dy, for c in `columns`, which starts at a multiple of 16; lanes beyond
  /// its end, up to a multiple of 8, become zero.
  static func layerNormParameterGradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, lddy: Int, rows: Int, columns: Range<Int>,
    mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>,
    dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>)
}
