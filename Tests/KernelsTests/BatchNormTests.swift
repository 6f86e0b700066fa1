import Kernels
import Testing

@Suite struct BatchNormTests {
  @Test func forwardAndBackward() {
    for (rows, columns) in [(2, 1), (5, 16), (32, 17), (33, 100), (7, 40)] {
      let x = Matrix.random(rows, columns, seed: 1, padding: 0)
      for r in 0..<rows { for c in 0..<columns { x[r, c] += 1000 } }
      let dy = Matrix.random(rows, columns, seed: 2)
      let width = panelCount(columns) * 16
      let gamma = Matrix.random(1, columns, seed: 3)
      let beta = Matrix.random(1, columns, seed: 4)
      for level in levels {
        let per = (0..<5).map { _ in AlignedBuffer<Float>(count: width) }
        let (mean, variance, inverseStd, dgamma, dbeta) = (per[0], per[1], per[2], per[3], per[4])
        let y = Matrix(rows, columns)
        let dx = dy.copy()
        // Two column tiles.
        for tile in columns > 16 ? [0..<16, 16..<columns] : [0..<columns] {
          level.batchNormStatistics(
            x: x.pointer, ldx: x.ld, rows: rows, columns: tile, epsilon: 1e-5, mean: mean.pointer,
            variance: variance.pointer, inverseStd: inverseStd.pointer)
          level.batchNormForward(
            x: x.pointer, ldx: x.ld, rows: 0..<rows, columns: tile, mean: mean.pointer,
            inverseStd: inverseStd.pointer, gamma: gamma.pointer, beta: beta.pointer, y: y.pointer, ldy: y.ld)
          level.batchNormBackward(
            x: x.pointer, ldx: x.ld, dy: dx.pointer, lddy: dx.ld, rows: rows, columns: tile,
            mean: mean.pointer, inverseStd: inverseStd.pointer, gamma: gamma.pointer, dgamma: dgamma.pointer,
            dbeta: dbeta.pointer, makesInputGradient: true)
        }
        let n = Double(rows)
        for c in 0..<columns {
          let column = (0..<rows).map { Double(x[$0, c]) }
          let center = column.reduce(0, +) / n
          let spread = column.reduce(0) { $0 + ($1 - center) * ($1 - center) } / n
          let factor = 1 / (spread + 1e-5).squareRoot()
          #expect(close(mean[c], center, 1e-6))
          #expect(close(variance[c], spread, 1e-5, scale: 0))
          #expect(close(inverseStd[c], factor, 1e-5, scale: 0))
          let slopes = (0..<rows).map { Double(dy[$0, c]) }
          let normal = column.map { ($0 - center) * factor }
          let sum = slopes.reduce(0, +)
          let products = zip(slopes, normal).reduce(0) { $0 + $1.0 * $1.1 }
          // The mean is rounded to Float: an error of 3e-5 of 1000, seen through the inverse deviation.
          let tolerance = 1e-4 * max(1, factor) * 4
          #expect(close(dbeta[c], sum, 1e-6))
          #expect(close(dgamma[c], products, tolerance * n.squareRoot()))
          for r in 0..<rows {
            #expect(
              close(y[r, c], normal[r] * Double(gamma[0, c]) + Double(beta[0, c]), tolerance * 3))
            let expected =
              Double(gamma[0, c]) * factor * (slopes[r] - sum / n - normal[r] * products / n)
            #expect(close(dx[r, c], expected, tolerance * 10 * max(1, factor)))
          }
        }
        #expect(dx.paddingIsZero)
      }
    }
  }
}
