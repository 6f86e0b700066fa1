import Kernels
import Testing

@Suite struct SlopeTests {
  @Test func forwardAndBackward() {
    for (rows, columns) in [(1, 1), (2, 5), (5, 16), (9, 17), (3, 100)] {
      let x = Matrix.random(rows, columns, seed: 1, padding: .nan)
      x[0, 0] = 0
      let (dy, slope) = (Matrix.random(rows, columns, seed: 2), Matrix.random(1, columns, seed: 3))
      let width = panelCount(columns) * 16
      for level in levels {
        let (y, dx, dslope) = (Matrix(rows, columns), dy.copy(), AlignedBuffer<Float>(count: width))
        for part in columns > 16 ? [0..<16, 16..<columns] : [0..<columns] {
          level.slopeForward(
            x: x.pointer, ldx: x.ld, rows: 0..<rows, columns: part, slope: slope.pointer, y: y.pointer, ldy: y.ld)
          level.slopeBackward(
            x: x.pointer, ldx: x.ld, dy: dx.pointer, lddy: dx.ld, rows: rows, columns: part, slope: slope.pointer,
            dslope: dslope.pointer)
        }
        for c in 0..<columns {
          var sum = 0.0
          for r in 0..<rows {
            let isAbove = x[r, c] > 0
            if !isAbove { sum += Double(x[r, c]) * Double(dy[r, c]) }
            #expect(y[r, c] == (isAbove ? x[r, c] : x[r, c] * slope[0, c]))
            #expect(dx[r, c] == (isAbove ? dy[r, c] : dy[r, c] * slope[0, c]))
          }
          #expect(close(dslope[c], sum, 1e-6))
        }
        #expect(dx.paddingIsZero)
        for c in columns..<width { #expect(dslope[c] == 0) }
      }
    }
  }
}
