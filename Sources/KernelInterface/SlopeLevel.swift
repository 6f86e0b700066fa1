/// The rectifier whose slope below zero is learnt, a slope for each column (PReLU; He et al. 2015).
///
/// `columns` starts at a multiple of 16; per-column arrays are indexed by the absolute column and have room for
/// `columns` rounded up to 16. Columns are independent, so callers split by columns.
public protocol SlopeLevel {
  /// y[r, c] = x if x > 0, else slope[c]·x; y may be x.
  static func slopeForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, columns: Range<Int>, slope: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>, ldy: Int)

  /// dslope[c] = Σ_r x·dy where x ≤ 0, in Double; dx = dy if x > 0, else slope[c]·dy, in place over dy. Padding lanes of
  /// both become zero.
  static func slopeBackward(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafeMutablePointer<Float>, lddy: Int, rows: Int, columns: Range<Int>,
    slope: UnsafePointer<Float>, dslope: UnsafeMutablePointer<Float>)
}
