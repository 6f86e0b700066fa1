/// Products of the columns of whole numbers from −128 to 127, exact in 32 bits.
///
/// Four rows' numbers are bytes of one word: `packed[g, c]` holds rows 4g, …, 4g + 3 of column c, the first in the lowest
/// byte; rows beyond the last are zero.
public protocol ByteProductLevel {
  /// Whether the level has instructions that make these products faster than those of floats.
  static var multipliesBytes: Bool { get }

  /// packed[g, c] for g in `groups`, of numbers x [rows, ldx] in floats.
  static func packBytes(
    _ x: UnsafePointer<Float>, ldx: Int, rows: Int, groups: Range<Int>, columns: Int,
    to packed: UnsafeMutablePointer<UInt32>, ld: Int)

  /// sums[p, k, j] += Σ_r x[r, k]·(x[r, p·16+j] + 128), for k below `columns` and p in `panels`: panels of `totalColumns` × 16
  /// as of `DenseLevel`'s weights. At most 2¹⁶ rows may be added up before the sums overflow.
  static func addByteProducts(
    _ packed: UnsafePointer<UInt32>, ld: Int, groups: Int, columns: Int, panels: Range<Int>, totalColumns: Int,
    to sums: UnsafeMutablePointer<Int32>)
}
