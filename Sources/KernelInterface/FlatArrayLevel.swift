/// Passes over flat arrays that go with an optimizer's step; any count, any alignment.
public protocol FlatArrayLevel {
  /// Σ x[i]², in Double; the same on every level (lane i % 16 sums its elements in order).
  static func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double

  /// x[i] *= factor
  static func scale(_ x: UnsafeMutablePointer<Float>, count: Int, by factor: Float)

  /// x[i] = min(max(x[i], −limit), limit); NaN stays.
  static func clip(_ x: UnsafeMutablePointer<Float>, count: Int, limit: Float)

  /// g[i] += l1·sign(w[i]) + 2·l2·w[i], the gradient of l1·Σ|w| + l2·Σw²; sign(0) = 0.
  static func addPenaltyGradient(
    _ g: UnsafeMutablePointer<Float>, _ w: UnsafePointer<Float>, count: Int, l1: Float, l2: Float)

  /// w[i] = sign(w[i])·max(|w[i]| − amount, 0), the proximal map of amount·Σ|w| (soft thresholding); NaN stays.
  static func shrink(_ w: UnsafeMutablePointer<Float>, count: Int, by amount: Float)

  /// y[i] += share·(x[i] − y[i]), from the end that is nearer (PyTorch's lerp): exactly x[i] where the share is 1.
  static func moveTowards(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int, share: Float)

  /// Scales each column of a panel [rows, 16] whose norm is above `limit` by limit/(norm + 1e-7), as Keras's MaxNorm
  /// does (Srivastava et al. 2014). Squares are summed in Double, in the order of the rows.
  static func limitColumnNorms(_ panel: UnsafeMutablePointer<Float>, rows: Int, limit: Double)

  /// Whether no element is infinite or NaN.
  static func isFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool
}
