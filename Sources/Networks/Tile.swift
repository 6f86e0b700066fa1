import Kernels

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
  /// Of what the rows of a tile are to be a multiple, where each row is worked on by itself; nil where tiles are to stay
  /// as they are.
  private let rowsAtOnce: Int?

  /// Tiles of at most `tileRows` × `tileColumns`; tile columns are rounded up to panels.
  public init(rows: Int, columns: Int, tileRows: Int, tileColumns: Int) {
    self.rows = rows
    self.columns = columns
    self.tileRows = max(1, tileRows)
    self.tileColumns = max(1, panelCount(tileColumns)) * panelWidth
    rowsAtOnce = nil
  }

  /// Tiles of whole rows, each of which is worked on by itself, best of at least `tileRows`, in multiples of `atOnce`.
  public init(rows: Int, columns: Int, wholeRows tileRows: Int, atOnce: Int = 1) {
    self.rows = rows
    self.columns = columns
    self.tileRows = (max(1, tileRows) + atOnce - 1) / atOnce * atOnce
    tileColumns = panelCount(columns) * panelWidth
    rowsAtOnce = atOnce
  }

  /// The tiles of whole rows that serve both; nil where one of them has to stay as it is.
  func joined(with other: TileGrid) -> TileGrid? {
    guard let rowsAtOnce, let others = other.rowsAtOnce else { return nil }
    return TileGrid(
      rows: rows, columns: other.columns, wholeRows: min(tileRows, other.tileRows), atOnce: max(rowsAtOnce, others))
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
    self.init(rows: rows, columns: columns, wholeRows: 400_000 / max(1, operations))
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

  /// The rows of whole-row tiles from one row to another.
  func rows(within range: Range<Int>) -> LazyMapSequence<StrideTo<Int>, Range<Int>> {
    stride(from: range.lowerBound, to: range.upperBound, by: tileRows).lazy.map {
      $0..<min($0 + tileRows, range.upperBound)
    }
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
