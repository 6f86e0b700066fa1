/// The types that column kernels take as they are stored.
public enum ColumnType: Sendable {
  case uint8, float32, float64
}

/// Statistics of the columns of a matrix, and affine maps of its rows, in double precision.
///
/// Rows of a matrix begin `ldx` elements apart, which may have any alignment. Sums are taken row after row, so that rows
/// may be given in any number of calls.
public protocol ColumnLevel {
  /// sums[c] += Σ_r x[r, c]; least[c] and greatest[c] take in x[r, c].
  static func addColumns(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, sums: UnsafeMutablePointer<Double>,
    least: UnsafeMutablePointer<Double>, greatest: UnsafeMutablePointer<Double>)

  /// squares[c] += Σ_r (x[r, c] − centers[c])²; offsets[c] += Σ_r (x[r, c] − centers[c]).
  static func addSquares(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, centers: UnsafePointer<Double>,
    squares: UnsafeMutablePointer<Double>, offsets: UnsafeMutablePointer<Double>)

  /// y[r, c] = (x[r, c] − offset[c]) · factor[c], rounded once. Returns whether every result is finite. `y` may be `x`
  /// where that is of floats.
  static func shiftAndScale(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, offset: UnsafePointer<Double>,
    factor: UnsafePointer<Double>, to y: UnsafeMutablePointer<Float>, ldy: Int
  ) -> Bool

  /// y[r, c] = x[r, c] · factor[c] + offset[c], rounded once; see `shiftAndScale`.
  static func scaleAndShift(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, factor: UnsafePointer<Double>,
    offset: UnsafePointer<Double>, to y: UnsafeMutablePointer<Float>, ldy: Int
  ) -> Bool

  /// y[i] = n − 128, where x[i] is n·step for a whole number n from 0 to 255, as far as rounding lets it be:
  /// |x[i] − n·step| ≤ 2⁻²²·|x[i]|. Returns whether every x[i] is.
  static func wholeMultiples(
    _ x: UnsafePointer<Float>, count: Int, step: Float, to y: UnsafeMutablePointer<Float>
  ) -> Bool
}
