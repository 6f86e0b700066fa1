import Kernels
import Testing

@Suite struct OptimizerTests {
  private func random(_ count: Int, _ seed: UInt64) -> [Float] { Matrix.random(1, count, seed: seed).values }

  @Test func sgd() {
    for count in [1, 5, 8, 16, 100, 1003] {
      let (w, g, v) = (random(count, 1), random(count, 2), random(count, 3))
      for level in levels {
        var plain = w
        level.sgd(w: &plain, g: g, count: count, learningRate: 0.1, weightDecay: 0.01)
        for i in 0..<count {
          let slope = Double(g[i]) + 0.01 * Double(w[i])
          #expect(close(plain[i], Double(w[i]) - 0.1 * slope, 1e-6))
        }
        for nesterov in [false, true] {
          for first in [false, true] {
            var (w1, v1) = (w, v)
            level.sgdMomentum(
              w: &w1, g: g, v: &v1, count: count, learningRate: 0.1, momentum: 0.9, dampening: 0.2,
              nesterov: nesterov, weightDecay: 0.01, first: first)
            for i in 0..<count {
              let slope = Double(g[i]) + 0.01 * Double(w[i])
              let buffer = first ? slope : 0.9 * Double(v[i]) + 0.8 * slope
              #expect(close(v1[i], buffer, 1e-6))
              #expect(close(w1[i], Double(w[i]) - 0.1 * (nesterov ? slope + 0.9 * buffer : buffer), 1e-6))
            }
          }
        }
      }
    }
  }

  @Test func adam() {
    for count in [1, 7, 16, 100, 1003] {
      let (w, g, m) = (random(count, 1), random(count, 2), random(count, 3))
      let v = random(count, 4).map { $0 * $0 }
      for level in levels {
        for decoupled in [false, true] {
          var (w1, m1, v1) = (w, m, v)
          level.adam(
            w: &w1, g: g, m: &m1, v: &v1, count: count, learningRate: 1e-2, beta1: 0.9, beta2: 0.999,
            epsilon: 1e-8, biasCorrection1: 0.19, biasCorrection2: 0.002, weightDecay: 0.1,
            decoupled: decoupled)
          for i in 0..<count {
            let start = Double(w[i]) * (decoupled ? 1 - 1e-3 : 1)
            let slope = Double(g[i]) + (decoupled ? 0 : 0.1 * Double(w[i]))
            let mean = 0.9 * Double(m[i]) + 0.1 * slope
            let square = 0.999 * Double(v[i]) + 0.001 * slope * slope
            let denominator = square.squareRoot() / 0.002.squareRoot() + 1e-8
            #expect(close(m1[i], mean, 1e-6))
            #expect(close(v1[i], square, 1e-6))
            #expect(close(w1[i], start - 1e-2 / 0.19 * mean / denominator, 2e-6))
          }
        }
      }
    }
  }

  @Test func passes() {
    for count in [0, 1, 8, 15, 16, 33, 1003] {
      var x = random(count, 1)
      if count > 3 { x[3] = 0 }
      let y = random(count, 2)
      let squares = x.reduce(0) { $0 + Double($1) * Double($1) }
      let sums = Set(levels.map { $0.sumOfSquares(x, count: count) })
      #expect(sums.count == 1)
      #expect(sums.allSatisfy { abs($0 - squares) <= 1e-12 * (1 + squares) })
      for level in levels {
        var a = x
        level.scale(&a, count: count, by: 3)
        #expect(a == x.map { $0 * 3 })
        a = x
        level.clip(&a, count: count, limit: 0.5)
        #expect(a == x.map { min(max($0, -0.5), 0.5) })
        a = y
        level.addPenaltyGradient(&a, of: x, count: count, l1: 0.25, l2: 0.5)
        let expected = zip(x, y).map { x, y in Double(y) + (x > 0 ? 0.25 : x < 0 ? -0.25 : 0) + Double(x) }
        #expect((0..<count).allSatisfy { close(a[$0], expected[$0], 1e-6) })
        let finite = level.isFinite(x, count: count)
        #expect(finite)
        for bad in [Float.nan, .infinity, -.infinity] {
          for i in 0..<min(count, 40) {
            var z = x
            z[i] = bad
            let finite = level.isFinite(z, count: count)
            #expect(!finite)
          }
        }
      }
    }
  }
}
