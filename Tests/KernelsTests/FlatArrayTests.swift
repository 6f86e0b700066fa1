import Kernels
import Testing

@Suite struct FlatArrayTests {
  private static let counts = [0, 1, 8, 15, 16, 33, 1003]

  private func random(_ count: Int, _ seed: UInt64) -> [Float] { Matrix.random(1, count, seed: seed).values }

  @Test(arguments: counts) func sumsAndFactors(count: Int) {
    let x = random(count, 1)
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
    }
  }

  @Test(arguments: counts) func penalties(count: Int) {
    var w = random(count, 1)
    let g = random(count, 2)
    if count > 3 { (w[2], w[3]) = (0, -0.0) }
    for level in levels {
      var a = g
      level.addPenaltyGradient(&a, w, count: count, l1: 0.3, l2: 0.2)
      for i in 0..<count {
        let sign = w[i] > 0 ? 1.0 : w[i] < 0 ? -1 : 0
        #expect(close(a[i], Double(g[i]) + 0.3 * sign + 0.4 * Double(w[i]), 1e-6))
      }
      a = w
      level.shrink(&a, count: count, by: 0.25)
      for i in 0..<count {
        if abs(w[i]) <= 0.25 {
          #expect(a[i] == 0)
        } else {
          #expect(close(a[i], Double(w[i]) - (w[i] > 0 ? 0.25 : -0.25), 1e-6))
        }
      }
    }
  }

  @Test func columnNorms() {
    let start = random(70 * 16, 1)
    var norms = [Double](repeating: 0, count: 16)
    for i in start.indices { norms[i % 16] += Double(start[i]) * Double(start[i]) }
    for c in norms.indices { norms[c].formSquareRoot() }
    let limit = norms.sorted()[8]
    for level in levels {
      var panel = start
      level.limitColumnNorms(&panel, rows: 70, limit: limit)
      for i in panel.indices {
        let norm = norms[i % 16]
        if norm <= limit {
          #expect(panel[i] == start[i])
        } else {
          #expect(close(panel[i], Double(start[i]) * limit / (norm + 1e-7), 1e-6))
        }
      }
    }
  }

  @Test(arguments: counts) func movement(count: Int) {
    let (y, x) = (random(count, 1), random(count, 2))
    for level in levels {
      for share in [Float(0.3), 0.8] {
        var a = y
        level.moveTowards(&a, x, count: count, share: share)
        for i in 0..<count {
          let (from, to) = (Double(y[i]), Double(x[i]))
          #expect(close(a[i], from + Double(share) * (to - from), 1e-6))
        }
      }
      var a = y
      level.moveTowards(&a, x, count: count, share: 1)
      #expect(a == x)
    }
  }

  @Test(arguments: counts) func finiteness(count: Int) {
    let x = random(count, 1)
    for level in levels {
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
