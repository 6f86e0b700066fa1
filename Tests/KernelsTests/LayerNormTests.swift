import Kernels
import Testing

@Suite struct LayerNormTests {
  @Test func forwardAndBackward() {
    for (rows, columns) in [(1, 1), (2, 5), (5, 16), (9, 17), (3, 100)] {
      let x = Matrix.random(rows, columns, seed: 1, padding: .nan)
      for r in 0..<rows { for c in 0..<columns { x[r, c] += 100 } }
      let dy = Matrix.random(rows, columns, seed: 2)
      let (gamma, beta) = (Matrix.random(1, columns, seed: 3), Matrix.random(1, columns, seed: 4))
      let width = panelCount(columns) * 16
      for level in levels {
        let (mean, inverseStd) = (AlignedBuffer<Float>(count: rows), AlignedBuffer<Float>(count: rows))
        let (dgamma, dbeta) = (AlignedBuffer<Float>(count: width), AlignedBuffer<Float>(count: width))
        let (y, dx) = (Matrix(rows, columns), Matrix(rows, columns, padding: 7))
        // The rows in two tiles, the columns in two.
        for part in [0..<rows / 2, rows / 2..<rows] {
          level.layerNormForward(
            x: x.pointer, ldx: x.ld, rows: part, columns: columns, epsilon: 1e-5, gamma: gamma.pointer,
            beta: beta.pointer, mean: mean.pointer, inverseStd: inverseStd.pointer, y: y.pointer, ldy: y.ld)
          level.layerNormInputGradient(
            x: x.pointer, ldx: x.ld, dy: dy.pointer, lddy: dy.ld, rows: part, columns: columns, mean: mean.pointer,
            inverseStd: inverseStd.pointer, gamma: gamma.pointer, dx: dx.pointer, lddx: dx.ld)
        }
        for part in columns > 16 ? [0..<16, 16..<columns] : [0..<columns] {
          level.layerNormParameterGradient(
            x: x.pointer, ldx: x.ld, dy: dy.pointer, lddy: dy.ld, rows: rows, columns: part, mean: mean.pointer,
            inverseStd: inverseStd.pointer, dgamma: dgamma.pointer, dbeta: dbeta.pointer)
        }
        var (scales, shifts) = ([Double](repeating: 0, count: columns), [Double](repeating: 0, count: columns))
        let n = Double(columns)
        for r in 0..<rows {
          let row = (0..<columns).map { Double(x[r, $0]) }
          let center = row.reduce(0, +) / n
          let factor = 1 / (row.reduce(0) { $0 + ($1 - center) * ($1 - center) } / n + 1e-5).squareRoot()
          let normal = row.map { ($0 - center) * factor }
          let g = (0..<columns).map { Double(dy[r, $0]) * Double(gamma[0, $0]) }
          let product = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / n
          // The mean is rounded to Float: an error of 4e-6 of 100, seen through the inverse deviation.
          let tolerance = 2e-5 * max(1, factor)
          for c in 0..<columns {
            #expect(close(y[r, c], normal[c] * Double(gamma[0, c]) + Double(beta[0, c]), tolerance))
            let expected = factor * (g[c] - g.reduce(0, +) / n - normal[c] * product)
            #expect(close(dx[r, c], expected, tolerance * max(1, factor) * 4), "\(level.name) \(rows)x\(columns)")
            scales[c] += Double(dy[r, c]) * normal[c]
            shifts[c] += Double(dy[r, c])
          }
        }
        for c in 0..<columns {
          #expect(close(dgamma[c], scales[c], 1e-3))
          #expect(close(dbeta[c], shifts[c], 1e-5))
        }
        #expect(dx.paddingIsZero)
        for c in columns..<width { #expect(dgamma[c] == 0 && dbeta[c] == 0) }
      }
    }
  }
}
