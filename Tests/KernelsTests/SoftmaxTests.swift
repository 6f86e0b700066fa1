import Glibc
import Kernels
import Testing

@Suite struct SoftmaxTests {
  @Test func gradients() {
    for (rows, classes) in [(1, 1), (2, 5), (5, 16), (9, 17), (3, 100)] {
      let z = Matrix.random(rows, classes, seed: 1, padding: .nan, scale: 3)
      let dy = Matrix.random(rows, classes, seed: 2)
      for level in levels {
        let (p, logs) = (Matrix(rows, classes), Matrix(rows, classes))
        level.softmax(z: z.pointer, ldz: z.ld, p: p.pointer, ldp: p.ld, rows: rows, classes: classes)
        level.logSoftmax(z: z.pointer, ldz: z.ld, y: logs.pointer, ldy: logs.ld, rows: rows, classes: classes)
        let (plain, logarithmic) = (dy.copy(), dy.copy())
        level.softmaxBackward(
          p: p.pointer, ldp: p.ld, dy: plain.pointer, lddy: plain.ld, rows: rows, classes: classes)
        level.logSoftmaxBackward(
          y: logs.pointer, ldy: logs.ld, dy: logarithmic.pointer, lddy: logarithmic.ld, rows: rows, classes: classes)
        for r in 0..<rows {
          let exponentials = (0..<classes).map { exp(Double(z[r, $0])) }
          let shares = exponentials.map { $0 / exponentials.reduce(0, +) }
          let slopes = (0..<classes).map { Double(dy[r, $0]) }
          let product = zip(shares, slopes).reduce(0) { $0 + $1.0 * $1.1 }
          for c in 0..<classes {
            #expect(close(plain[r, c], shares[c] * (slopes[c] - product), 1e-6))
            #expect(close(logarithmic[r, c], slopes[c] - shares[c] * slopes.reduce(0, +), 2e-6))
          }
        }
        #expect(plain.paddingIsZero && logarithmic.paddingIsZero)
      }
    }
  }
}
