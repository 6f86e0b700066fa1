import Kernels

/// Activations or gradients: [rows, columns], row-major, each row `ld` floats long (see `paddedWidth`).
///
/// The small buffer type behind which the pointers of this library live.
public final class Matrix {
  /// Rows there is room for.
  public let capacity: Int
  /// Columns that hold values.
  public let columns: Int
  /// Floats from one row to the next.
  public let ld: Int
  /// The first element.
  public let pointer: UnsafeMutablePointer<Float>
  /// Its own memory; nil for a view.
  private let buffer: AlignedBuffer<Float>?

  /// A zeroed matrix.
  public init(capacity: Int, columns: Int) {
    self.capacity = capacity
    self.columns = columns
    ld = paddedWidth(columns)
    let buffer = AlignedBuffer<Float>(count: max(1, capacity) * ld)
    pointer = buffer.pointer
    self.buffer = buffer
  }

  /// Numbers of somebody else, rows one after the other without padding, which are not written and must outlive the view.
  /// `columns` is a multiple of 16, or what reads whole panels would read beyond the end.
  public init(viewing numbers: UnsafePointer<Float>, rows: Int, columns: Int) {
    precondition(columns % panelWidth == 0)
    capacity = rows
    self.columns = columns
    ld = columns
    pointer = UnsafeMutablePointer(mutating: numbers)
    buffer = nil
  }

  /// A matrix in memory that others may use at other times.
  init(capacity: Int, columns: Int, in buffer: AlignedBuffer<Float>) {
    (self.capacity, self.columns, self.buffer) = (capacity, columns, buffer)
    pointer = buffer.pointer
    ld = paddedWidth(columns)
    precondition(buffer.count >= max(1, capacity) * ld)
  }

  /// The first element of a row.
  func pointer(atRow row: Int) -> UnsafeMutablePointer<Float> { pointer + row * ld }

  /// The first element of a tile.
  func pointer(at tile: Tile) -> UnsafeMutablePointer<Float> {
    pointer + tile.rows.lowerBound * ld + tile.columns.lowerBound
  }

  /// Some of the rows, which must not outlive the matrix.
  public func rows(_ rows: Range<Int>) -> Matrix {
    precondition(ld == columns)
    return Matrix(viewing: pointer(atRow: rows.lowerBound), rows: rows.count, columns: columns)
  }

  /// The values of one row.
  public subscript(row row: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: pointer(atRow: row), count: columns)
  }

  /// Whether there is no NaN and no infinity in a range of rows.
  public func isFinite(rows: Range<Int>) -> Bool {
    rows.allSatisfy { kernels.isFinite(pointer(atRow: $0), count: columns) }
  }

  /// Takes over a range of rows of a matrix with the same columns.
  public func copyRows(_ rows: Range<Int>, of other: Matrix) {
    pointer(atRow: rows.lowerBound).update(from: other.pointer(atRow: rows.lowerBound), count: rows.count * ld)
  }

  /// Makes a row share·a + (1 − share)·b of two rows of another matrix with the same columns: its row of the same number
  /// and row `partner`.
  public func blendRow(_ row: Int, of other: Matrix, with partner: Int, share: Float) {
    let (out, a, b) = (pointer(atRow: row), other.pointer(atRow: row), other.pointer(atRow: partner))
    for c in 0..<columns { out[c] = share * a[c] + (1 - share) * b[c] }
  }
}
