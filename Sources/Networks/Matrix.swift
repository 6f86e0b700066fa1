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

  /// No tiles.
  public static var none: TileGrid { TileGrid(rows: 0, columns: 1, tileRows: 1, tileColumns: 1) }

  /// Tiles of a product [rows, columns] whose elements are sums of `terms` terms each.
  ///
  /// A tile is worth handing to another thread from about 400,000 operations on. Columns are cut first, since each panel
  /// of weights is then read by one thread only; many rows are cut too, so that a tile's rows stay in the cache while
  /// its panels pass by.
  public init(rows: Int, columns: Int, terms: Int) {
    let tileRows = rows <= 96 ? rows : rows <= 384 ? 96 : 192
    let down = (rows + max(1, tileRows) - 1) / max(1, tileRows)
    var panels = panelCount(columns) * down / TileGrid.wanted(rows * columns * terms)
    if rows < TileGrid.few {
      // Reading the weights takes longer than multiplying by them; each thread then has a part of them in its own cache.
      let across = TileGrid.wanted(TileGrid.few * columns * terms)
      panels = (panelCount(columns) + across - 1) / across
    }
    self.init(rows: rows, columns: columns, tileRows: tileRows, tileColumns: min(16, max(1, panels)) * panelWidth)
  }

  /// Tiles of whole rows, of which `operations` are to be done on each: as many rows as are worth a tile.
  public init(rows: Int, columns: Int, operationsARow operations: Int) {
    self.init(rows: rows, columns: columns, tileRows: 400_000 / max(1, operations), tileColumns: columns)
  }

  /// Tiles of a weight gradient [inputs, outputs] over a batch: whole columns where there are enough of them, since a
  /// tile reads its columns of the output's gradient once for all inputs.
  public init(inputs: Int, outputs: Int, batch: Int) {
    let wanted = TileGrid.wanted(inputs * outputs * batch)
    let panels = panelCount(outputs)
    let down = (wanted + panels - 1) / panels
    self.init(
      rows: inputs, columns: outputs, tileRows: (inputs + down - 1) / down,
      tileColumns: max(1, panels / wanted) * panelWidth)
  }

  /// Rows below which a product takes the time that its weights take to be read.
  private static let few = 4

  private static func wanted(_ operations: Int) -> Int { min(24, max(1, operations / 400_000)) }

  /// Whether every tile has all columns of its rows.
  var hasWholeRows: Bool { tileColumns >= columns }

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
