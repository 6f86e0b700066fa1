import Kernels

/// Σ b bᵀ over rows of whole numbers b from −128 to 127, by products of bytes.
final class ByteProducts {
  private let columns: Int
  private let tiles: TriangleTiles
  /// The rows of a block by fours, see `ByteProductLevel`.
  private let packed: AlignedBuffer<UInt32>
  private let ld: Int
  /// Σ b (b + 128)ᵀ of so many rows, the upper triangle in panels [panels, columns, 16].
  private let sums: AlignedBuffer<Int32>
  private var rowsInSums = 0
  /// The sums of all rows [columns, columns] are added to this upper triangle.
  private let products: AlignedBuffer<Double>
  private let team: ThreadTeam

  init(columns: Int, blockRows: Int, products: AlignedBuffer<Double>, team: ThreadTeam) {
    self.columns = columns
    self.products = products
    self.team = team
    tiles = TriangleTiles(columns: columns)
    ld = paddedWidth(columns)
    packed = AlignedBuffer(count: (blockRows + 3) / 4 * ld)
    sums = AlignedBuffer(count: panelCount(columns) * columns * panelWidth)
  }

  /// Takes in a block of rows, numbers in floats that begin `ldx` apart.
  func add(_ numbers: AlignedBuffer<Float>, ldx: Int, rows: Int) {
    let groups = (rows + 3) / 4
    let parts = Blocks(groups, width: 4 * columns, limits: 4...32)
    team.forEach(parts.blocks) { part in
      kernels.packBytes(
        numbers.pointer, ldx: ldx, rows: rows, groups: parts[part], columns: columns, to: packed.pointer, ld: ld)
    }
    if rowsInSums + rows > 1 << 16 { takeSums() }
    team.forEach(tiles.count) { tile in
      let (panels, height) = tiles[tile]
      kernels.addByteProducts(
        packed.pointer, ld: ld, groups: groups, columns: height, panels: panels, totalColumns: columns,
        to: sums.pointer)
    }
    rowsInSums += rows
  }

  /// Gives Σ b bᵀ to `products`, where `totals` is Σ b of all rows.
  func finish(totals: AlignedBuffer<Double>) {
    takeSums()
    for row in 0..<columns {
      let excess = 128 * totals[row]
      for column in row..<columns { products[row * columns + column] -= excess }
    }
  }

  private func takeSums() {
    team.forEach(panelCount(columns)) { panel in
      let width = min(panelWidth, columns - panel * panelWidth)
      for row in 0..<min(columns, (panel + 1) * panelWidth) {
        let target = products.pointer + (row * columns + panel * panelWidth)
        let found = sums.pointer + (panel * columns + row) * panelWidth
        for i in 0..<width { target[i] += Double(found[i]) }
      }
    }
    sums.pointer.update(repeating: 0, count: sums.count)
    rowsInSums = 0
  }
}
