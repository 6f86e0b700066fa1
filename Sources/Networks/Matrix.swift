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
  private let buffer: AlignedBuffer<Float>

  /// A zeroed matrix.
  public init(capacity: Int, columns: Int) {
    self.capacity = capacity
    self.columns = columns
    ld = paddedWidth(columns)
    buffer = AlignedBuffer<Float>(count: max(1, capacity) * ld)
  }

  /// The first element.
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

  /// The first element of a tile.
  func pointer(at tile: Tile) -> UnsafeMutablePointer<Float> {
    pointer + tile.rows.lowerBound * ld + tile.columns.lowerBound
  }

  /// The values of one row.
  public subscript(row row: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: pointer + row * ld, count: columns)
  }
}

/// A part of a matrix that one thread works on; `columns` starts at a multiple of 16.
public struct Tile: Sendable {
  /// Rows of the batch.
  public var rows: Range<Int>
  /// Columns.
  public var columns: Range<Int>

  /// Panels of 16 columns that hold the tile's columns.
  var panels: Range<Int> { columns.lowerBound / panelWidth..<panelCount(columns.upperBound) }
}

/// A division of a matrix into tiles, whose borders depend on the problem alone and never on the number of threads.
public struct TileGrid: Sendable {
  private let rows: Int
  private let columns: Int
  private let tileRows: Int
  private let tileColumns: Int

  /// Tiles of at most `tileRows` × `tileColumns`; tile columns are rounded up to panels.
  public init(rows: Int, columns: Int, tileRows: Int, tileColumns: Int) {
    self.rows = rows
    self.columns = columns
    self.tileRows = max(1, tileRows)
    self.tileColumns = max(1, panelCount(tileColumns)) * panelWidth
  }

  /// Tiles of about `target` operations each, when an element of the matrix costs `cost`: whole rows of panels first,
  /// so that weights are read once; rows are cut only when there are many.
  public init(rows: Int, columns: Int, cost: Int, target: Int = 400_000) {
    let tileRows = rows > 256 ? 192 : rows
    let panels = max(1, target / max(1, tileRows * panelWidth * cost))
    self.init(rows: rows, columns: columns, tileRows: tileRows, tileColumns: min(panels, 8) * panelWidth)
  }

  private var across: Int { (columns + tileColumns - 1) / tileColumns }

  /// The number of tiles.
  public var count: Int { rows == 0 ? 0 : (rows + tileRows - 1) / tileRows * across }

  /// The i-th tile, row by row.
  public subscript(i: Int) -> Tile {
    let row = i / across * tileRows
    let column = i % across * tileColumns
    return Tile(rows: row..<min(rows, row + tileRows), columns: column..<min(columns, column + tileColumns))
  }
}
