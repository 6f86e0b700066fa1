import Glibc
import Kernels
import Testing

private let shapes = [(1, 1), (3, 2), (5, 10), (2, 16), (7, 17), (3, 100), (2, 1000)]

@Suite struct LossTests {
  /// exp(z − max)/sum of a row, and log Σ exp.
  private func softmax(_ z: Matrix, _ r: Int) -> (p: [Double], logSum: Double) {
    let row = (0..<z.columns).map { Double(z[r, $0]) }
    let peak = row.max() ?? 0
    let sum = row.reduce(0) { $0 + exp($1 - peak) }
    return (row.map { exp($0 - peak) / sum }, log(sum) + peak)
  }

  @Test func softmaxes() {
    for (rows, classes) in shapes {
      let z = Matrix.random(rows, classes, seed: 1, padding: .nan, scale: 5)
      for level in levels {
        let p = Matrix(rows, classes, padding: 3)
        let y = z.copy()
        level.softmax(z: z.pointer, ldz: z.ld, p: p.pointer, ldp: p.ld, rows: rows, classes: classes)
        level.logSoftmax(z: y.pointer, ldz: y.ld, y: y.pointer, ldy: y.ld, rows: rows, classes: classes)
        for r in 0..<rows {
          let (expected, logSum) = softmax(z, r)
          for c in 0..<classes {
            #expect(close(p[r, c], expected[c], 2e-6, scale: 1e-3))
            #expect(close(y[r, c], Double(z[r, c]) - logSum, 1e-6))
          }
        }
        #expect(p.paddingIsZero && y.paddingIsZero)
      }
    }
  }

  @Test func crossEntropy() {
    for (rows, classes) in shapes {
      let z = Matrix.random(rows, classes, seed: 2, padding: .nan, scale: 5)
      let targets = Matrix.random(rows, classes, seed: 3, padding: .nan)
      let labels = (0..<rows).map { Int32($0 == 1 ? -100 : $0 * 7 % classes) }
      let weights = (0..<rows).map { Float($0) + 0.5 }
      for level in levels {
        for soft in [false, true] {
          for weighted in [false, true] {
            for inPlace in [false, true] {
              let g = inPlace ? z.copy() : Matrix(rows, classes, padding: 3)
              let logits = inPlace ? g : z
              var loss = [Double](repeating: -1, count: rows)
              weights.withUnsafeBufferPointer { weights in
                let rowWeights = weighted ? weights.baseAddress : nil
                if soft {
                  level.softmaxCrossEntropy(
                    logits: logits.pointer, ld: z.ld, rows: rows, classes: classes, targets: targets.pointer,
                    ldt: targets.ld, smoothing: 0, classWeights: nil, rowWeights: rowWeights, scale: 0.25,
                    gradient: g.pointer, ldg: g.ld,
                    loss: &loss)
                } else {
                  level.softmaxCrossEntropy(
                    logits: logits.pointer, ld: z.ld, rows: rows, classes: classes, labels: labels,
                    rowWeights: rowWeights, scale: 0.25, gradient: g.pointer, ldg: g.ld, loss: &loss)
                }
              }
              for r in 0..<rows {
                let (p, logSum) = softmax(z, r)
                let weight = weighted ? Double(weights[r]) : 1
                let t = (0..<classes).map { c in
                  soft ? Double(targets[r, c]) : c == Int(labels[r]) ? 1.0 : 0
                }
                let total = t.reduce(0, +)
                var expected = 0.0
                for c in 0..<classes {
                  expected += t[c] * (logSum - Double(z[r, c]))
                  let slope = (p[c] * total - t[c]) * weight * 0.25
                  #expect(close(g[r, c], slope, 1e-5), "\(level.name) \(soft) \(rows) \(classes)")
                }
                #expect(abs(loss[r] - expected * weight) <= 1e-5 * max(1, abs(expected) * weight) * 10)
              }
              #expect(g.paddingIsZero)
            }
          }
        }
      }
    }
  }

  /// Smoothed and weighted targets are those that one would have made beforehand.
  @Test func smoothedCrossEntropy() {
    for (rows, classes) in shapes {
      let z = Matrix.random(rows, classes, seed: 2, padding: .nan, scale: 5)
      let targets = Matrix.random(rows, classes, seed: 3, padding: .nan)
      let weights = Matrix.random(1, classes, seed: 4, padding: .nan)
      let made = Matrix(rows, classes)
      for r in 0..<rows {
        for c in 0..<classes { made[r, c] = weights[0, c] * (targets[r, c] * 0.75 + 0.25 / Float(classes)) }
      }
      for level in levels {
        let (g, expected) = (Matrix(rows, classes, padding: 3), Matrix(rows, classes, padding: 3))
        var (loss, due) = ([Double](repeating: -1, count: rows), [Double](repeating: -1, count: rows))
        level.softmaxCrossEntropy(
          logits: z.pointer, ld: z.ld, rows: rows, classes: classes, targets: targets.pointer, ldt: targets.ld,
          smoothing: 0.25, classWeights: weights.pointer, rowWeights: nil, scale: 0.5, gradient: g.pointer, ldg: g.ld,
          loss: &loss)
        level.softmaxCrossEntropy(
          logits: z.pointer, ld: z.ld, rows: rows, classes: classes, targets: made.pointer, ldt: made.ld,
          smoothing: 0, classWeights: nil, rowWeights: nil, scale: 0.5, gradient: expected.pointer, ldg: expected.ld,
          loss: &due)
        for r in 0..<rows {
          #expect(abs(loss[r] - due[r]) <= 1e-5 * max(10, abs(due[r])))
          for c in 0..<classes { #expect(close(g[r, c], Double(expected[r, c]), 1e-5)) }
        }
        #expect(g.paddingIsZero)
      }
    }
  }

  @Test(arguments: [
    ElementLoss.squared, .absolute, .huber(delta: 0.7), .binary, .binaryWithLogits, .softMargin, .hinge,
  ])
  func elementLosses(f: ElementLoss) {
    for (rows, columns) in shapes {
      let y = Matrix.random(rows, columns, seed: 2, padding: .nan, scale: f == .binary ? 1 : 5)
      if f == .binary {
        for r in 0..<rows { for c in 0..<columns { y[r, c] = 0.5 + sin(y[r, c]) * 0.45 } }
      }
      let t = Matrix.random(rows, columns, seed: 3, padding: .nan)
      let columnWeights = Matrix.random(1, columns, seed: 5, padding: .nan)
      let weights = (0..<rows).map { Float($0) + 0.5 }
      for level in levels {
        for weighted in [false, true] {
          let g = Matrix(rows, columns, padding: 3)
          var loss = [Double](repeating: -1, count: rows)
          level.elementLoss(
            f, y: y.pointer, ld: y.ld, rows: rows, columns: columns, targets: t.pointer, ldt: t.ld,
            columnWeights: weighted ? UnsafePointer(columnWeights.pointer) : nil, rowWeights: weights, scale: 0.5,
            gradient: g.pointer, ldg: g.ld, loss: &loss)
          for r in 0..<rows {
            let weight = Double(weights[r])
            var (sum, size) = (0.0, 0.0)
            for c in 0..<columns {
              let factor = weighted ? Double(columnWeights[0, c]) : 1
              let (value, slope) = expected(f, Double(y[r, c]), Double(t[r, c]))
              sum += factor * value
              size += abs(factor * value)
              #expect(close(g[r, c], slope * factor * 0.5 * weight, 2e-6, scale: 1))
            }
            #expect(abs(loss[r] - sum * weight) < 1e-5 * (1 + size * weight))
          }
          #expect(g.paddingIsZero)
        }
      }
    }
  }

  private func expected(_ f: ElementLoss, _ y: Double, _ t: Double) -> (loss: Double, slope: Double) {
    let d = y - t
    let s = t > 0 ? 1.0 : -1
    switch f {
    case .squared: return (d * d, 2 * d)
    case .absolute: return (abs(d), d < 0 ? -1 : 1)
    case .huber(let limit):
      let delta = Double(limit)
      return abs(d) < delta ? (d * d / 2, d) : (delta * (abs(d) - delta / 2), d < 0 ? -delta : delta)
    case .binary: return (-t * log(y) - (1 - t) * log1p(-y), d / (y * (1 - y)))
    case .binaryWithLogits: return (max(y, 0) - y * t + log1p(exp(-abs(y))), 1 / (1 + exp(-y)) - t)
    case .softMargin: return (log1p(exp(-s * y)), -s / (1 + exp(s * y)))
    case .hinge: return (max(0, 1 - s * y), s * y < 1 ? -s : 0)
    }
  }

  @Test func largeLogits() {
    let z: [Float] = [1000, -1000, 0, -.infinity] + [Float](repeating: 0, count: 12)
    for level in levels {
      var p = [Float](repeating: 0, count: 16)
      level.softmax(z: z, ldz: 16, p: &p, ldp: 16, rows: 1, classes: 4)
      #expect(p[0..<4] == [1, 0, 0, 0])
      var loss = [0.0]
      level.softmaxCrossEntropy(
        logits: z, ld: 16, rows: 1, classes: 4, labels: [1], rowWeights: nil, scale: 1, gradient: nil, ldg: 0,
        loss: &loss)
      #expect(loss == [2000])
    }
  }
}
