import Kernels
import Testing

@Suite struct ByteProductTests {
  /// The extremes of the bytes and every remainder of rows and columns.
  @Test(arguments: [(1, 1), (4, 16), (7, 33), (1024, 50), (1030, 13)])
  func areExact(rows: Int, columns: Int) {
    let x = Matrix(rows, columns, padding: 77)
    for r in 0..<rows {
      for c in 0..<columns { x[r, c] = r % 3 == 0 ? -128 : r % 3 == 1 ? 127 : Float((r * 31 + c * 17) % 256 - 128) }
    }
    let groups = (rows + 3) / 4
    let panels = panelCount(columns)
    for level in levels where level.multipliesBytes {
      let packed = AlignedBuffer<UInt32>(count: groups * x.ld)
      for part in [0..<groups / 2, groups / 2..<groups] {
        level.packBytes(
          x.pointer, ldx: x.ld, rows: rows, groups: part, columns: columns, to: packed.pointer, ld: x.ld)
      }
      let sums = AlignedBuffer<Int32>(count: panels * columns * panelWidth)
      for i in 0..<sums.count { sums[i] = 5 }
      level.addByteProducts(
        packed.pointer, ld: x.ld, groups: groups, columns: columns, panels: 0..<panels, totalColumns: columns,
        to: sums.pointer)
      var wrong = 0
      for k in 0..<columns {
        for j in 0..<columns {
          let expected = (0..<rows).reduce(5) { $0 + Int(x[$1, k]) * (Int(x[$1, j]) + 128) }
          let found = sums[((j / panelWidth) * columns + k) * panelWidth + j % panelWidth]
          if Int(found) != expected { wrong += 1 }
        }
      }
      #expect(wrong == 0, "\(level.name) \(rows) \(columns)")
    }
  }
}
