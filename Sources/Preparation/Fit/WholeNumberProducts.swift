import Kernels

/// Products of rows with themselves where single precision is exact and twice as fast as double: for values n·step with
/// whole numbers n from 0 to 255, which are bytes, bytes that were scaled to the range from 0 to 1 (or to any other from
/// 0), and whole numbers such as pixels read from a text.
///
/// With b = n − 128 a product of two is at most 2¹⁴ and a sum of 1024 of them at most 2²⁴, which a float holds. Blocks of
/// 1024 rows are then added up in double, and
///
///     Σ (n − mean)(n − mean)ᵀ = Σ b bᵀ − (Σ b)(Σ b)ᵀ / rows.
///
/// Where the processor multiplies bytes, four times as fast as floats, the sums are of 32 bits (see `ByteProductLevel`).
/// Either way they are exact, so that the result is the same.
///
/// That floats are such numbers only up to their rounding changes the result no more than their rounding did.
struct WholeNumberProducts {
  private let source: RowSource
  private let step: Double
  private let team: ThreadTeam
  /// Σ b bᵀ, the upper triangle [d, d].
  private let products: AlignedBuffer<Double>
  /// Σ b.
  private let totals: AlignedBuffer<Double>
  private let bytes: ByteProducts?

  /// Adds Σ (x − mean)(x − mean)ᵀ over the rows to the upper triangle of `sum` [d, d], which is zero. Returns false, and
  /// leaves it zero, where the values are no such numbers.
  static func add(of source: RowSource, _ moments: Moments, to sum: AlignedBuffer<Double>, _ team: ThreadTeam) -> Bool {
    guard let least = moments.least.min(), let greatest = moments.greatest.max(), least >= 0, greatest > 0 else {
      return false
    }
    let steps: [Double]
    switch source.type {
    case .uint8: steps = [1]
    case .float32: steps = [1, greatest / 255]
    default: return false
    }
    for step in steps where greatest <= 255.5 * step {
      let products = WholeNumberProducts(source: source, step: step, team: team, products: sum)
      if products.addUp() {
        products.center()
        return true
      }
      sum.pointer.update(repeating: 0, count: sum.count)
    }
    return false
  }

  private init(source: RowSource, step: Double, team: ThreadTeam, products: AlignedBuffer<Double>) {
    self.source = source
    self.step = step
    self.team = team
    self.products = products
    totals = AlignedBuffer(count: source.columns)
    bytes =
      kernels.multipliesBytes
      ? ByteProducts(columns: source.columns, blockRows: min(source.rows, 1024), products: products, team: team) : nil
  }

  /// Adds up b bᵀ and b; returns false at the first block with a value that is no such number.
  private func addUp() -> Bool {
    let columns = source.columns
    let ld = paddedWidth(columns)
    let blocks = Blocks(source.rows, width: 1, limits: 1024...1024)
    let pieces = Blocks(min(source.rows, blocks.size), width: columns, limits: 16...128)
    let block = AlignedBuffer<Float>(count: pieces.count * ld)
    let pieceTotals = AlignedBuffer<Double>(count: pieces.blocks * columns)
    let areWhole = AlignedBuffer<Bool>(count: pieces.blocks)
    for rows in (0..<blocks.blocks).map({ blocks[$0] }) {
      team.forEach(pieces.blocks, workspace: { AlignedBuffer<Double>(count: 2 * columns) }) { piece, space in
        let part = pieces[piece].clamped(to: 0..<rows.count)
        let (numbers, sums) = (block.pointer + part.lowerBound * ld, pieceTotals.pointer + piece * columns)
        areWhole[piece] = source.copyWholeNumbers(
          rows: rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound, step: Float(step), to: numbers,
          ld: ld)
        sums.update(repeating: 0, count: columns)
        kernels.addColumns(
          .float32, numbers, ldx: ld, rows: part.count, columns: columns, sums: sums, least: space.pointer,
          greatest: space.pointer + columns)
      }
      guard (0..<pieces.blocks).allSatisfy({ areWhole[$0] }) else { return false }
      for i in 0..<pieceTotals.count { totals[i % columns] += pieceTotals[i] }
      if let bytes {
        bytes.add(block, ldx: ld, rows: rows.count)
      } else {
        addProducts(of: block, ld: ld, rows: rows.count)
      }
    }
    bytes?.finish(totals: totals)
    return true
  }

  /// Adds b bᵀ for the rows of a block, in tiles of the upper triangle whose borders depend on the columns alone.
  private func addProducts(of block: AlignedBuffer<Float>, ld: Int, rows: Int) {
    let columns = source.columns
    let tiles = TriangleTiles(columns: columns)
    let size = TriangleTiles.tilePanels * columns * panelWidth
    team.forEach(tiles.count, workspace: { AlignedBuffer<Float>(count: size) }) { tile, space in
      let (panels, height) = tiles[tile]
      kernels.denseWeightGradient(
        x: block.pointer, ldx: ld, dy: block.pointer + panels.lowerBound * panelWidth, ldy: ld, rows: rows,
        totalInputs: columns, inputs: 0..<height, panels: 0..<panels.count, dw: space.pointer, scale: 1, beta: 0)
      for panel in panels {
        let column = panel * panelWidth
        let width = min(panelWidth, columns - column)
        for row in 0..<height {
          let target = products.pointer + (row * columns + column)
          let found = space.pointer + ((panel - panels.lowerBound) * columns + row) * panelWidth
          for i in 0..<width { target[i] += Double(found[i]) }
        }
      }
    }
  }

  /// Makes Σ (x − mean)(x − mean)ᵀ of Σ b bᵀ.
  private func center() {
    let columns = source.columns
    for i in 0..<columns {
      for j in i..<columns {
        let place = i * columns + j
        products[place] = step * step * (products[place] - totals[i] * totals[j] / Double(source.rows))
      }
    }
  }
}

/// Panels of columns with the rows above their diagonal: tiles of an upper triangle, whose borders depend on the columns
/// alone, the largest first, so that threads end together.
struct TriangleTiles {
  static let tilePanels = 4
  let columns: Int

  var count: Int { (panelCount(columns) + Self.tilePanels - 1) / Self.tilePanels }

  subscript(tile: Int) -> (panels: Range<Int>, height: Int) {
    let first = (count - 1 - tile) * Self.tilePanels
    let end = min(first + Self.tilePanels, panelCount(columns))
    return (first..<end, min(columns, end * panelWidth))
  }
}
