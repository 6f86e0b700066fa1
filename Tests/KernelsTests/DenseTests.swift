import Kernels
import Testing

private let shapes: [(rows: Int, inputs: Int, outputs: Int)] = {
  var shapes: [(rows: Int, inputs: Int, outputs: Int)] = []
  for rows in [1, 2, 5, 6, 7, 13, 32, 33] {
    for inputs in [1, 3, 16, 17, 100] {
      for outputs in [1, 10, 16, 17, 100] { shapes.append((rows, inputs, outputs)) }
    }
  }
  return shapes + [
    (33, 784, 300), (5, 784, 17), (200, 330, 40), (300, 17, 530), (400, 40, 20), (1, 784, 300),
  ]
}()

@Suite struct DenseTests {
  @Test func forward() {
    for (rows, inputs, outputs) in shapes {
      let x = Matrix.random(rows, inputs, seed: 1, padding: .nan)
      let w = PackedWeights(outputs: outputs, inputs: inputs, seed: 2)
      for level in levels {
        for (useBias, accumulate) in [(true, false), (false, false), (false, true)] {
          let y = Matrix.random(rows, outputs, seed: 3)
          let before = y.copy()
          level.denseForward(
            x: x.pointer, ldx: x.ld, rows: 0..<rows, inputs: inputs, w: w.packed.pointer,
            bias: useBias ? UnsafePointer(w.bias.pointer) : nil, panels: 0..<panelCount(outputs),
            y: y.pointer, ldy: y.ld, accumulate: accumulate)
          var worst = 0.0
          for r in 0..<rows {
            for n in 0..<outputs {
              var sum = accumulate ? Double(before[r, n]) : useBias ? Double(w.bias[n]) : 0
              for k in 0..<inputs { sum += Double(x[r, k]) * Double(w.plain[n, k]) }
              worst = max(worst, abs(Double(y[r, n]) - sum))
            }
          }
          #expect(
            worst < 1e-5 * Double(inputs + 10).squareRoot() * 3, "\(level.name) \(rows) \(inputs) \(outputs)")
          #expect(y.paddingIsZero)
        }
      }
    }
  }

  /// A row's result is the same bits alone, in a batch, and in any tile.
  @Test func forwardRowsAreIndependent() {
    for (inputs, outputs) in [(784, 300), (100, 10), (1000, 33)] {
      let x = Matrix.random(203, inputs, seed: 1)
      let w = PackedWeights(outputs: outputs, inputs: inputs, seed: 2)
      let panels = panelCount(outputs)
      for level in levels {
        func run(_ tiles: [(Range<Int>, Range<Int>)]) -> [Float] {
          let y = Matrix(203, outputs)
          for (rows, panels) in tiles {
            level.denseForward(
              x: x.pointer, ldx: x.ld, rows: rows, inputs: inputs, w: w.packed.pointer, bias: w.bias.pointer,
              panels: panels, y: y.pointer, ldy: y.ld, accumulate: false)
          }
          return y.values
        }
        let whole = run([(0..<203, 0..<panels)])
        #expect(whole == run((0..<203).map { ($0..<$0 + 1, 0..<panels) }))
        #expect(whole == run((0..<panels).map { (0..<203, $0..<$0 + 1) }))
        #expect(
          whole
            == run([(0..<2, 0..<panels), (2..<5, 0..<panels), (5..<100, 0..<panels), (100..<203, 0..<panels)])
        )
      }
    }
  }

  @Test func weightGradient() {
    for (rows, inputs, outputs) in shapes {
      let x = Matrix.random(rows, inputs, seed: 1, padding: .nan)
      let dy = Matrix.random(rows, outputs, seed: 2)
      let start = PackedWeights(outputs: outputs, inputs: inputs, seed: 3)
      let panels = panelCount(outputs)
      for level in levels {
        for beta in [Float(0), 1, 0.5] {
          let dw = AlignedBuffer<Float>(count: start.packed.count)
          let db = AlignedBuffer<Float>(count: panels * 16)
          for i in 0..<dw.count { dw[i] = beta == 0 ? .nan : start.packed[i] }
          for i in 0..<outputs { db[i] = beta == 0 ? .nan : start.bias[i] }
          let border = inputs / 2
          for range in [0..<border, border..<inputs] {
            level.denseWeightGradient(
              x: x.pointer, ldx: x.ld, dy: dy.pointer, ldy: dy.ld, rows: rows, totalInputs: inputs,
              inputs: range, panels: 0..<panels, dw: dw.pointer, scale: -0.5, beta: beta)
          }
          level.biasGradient(
            dy: dy.pointer, ldy: dy.ld, rows: rows, columns: 0..<outputs, db: db.pointer, scale: -0.5,
            beta: beta)
          var worst = 0.0
          for n in 0..<panels * 16 {
            var bias = n < outputs ? Double(beta) * Double(start.bias[n]) : 0
            if n < outputs { for r in 0..<rows { bias -= 0.5 * Double(dy[r, n]) } }
            worst = max(worst, abs(bias - Double(db[n])))
            for k in 0..<inputs {
              let at = (n / 16 * inputs + k) * 16 + n % 16
              var sum = Double(beta) * Double(start.packed[at])
              if n < outputs { for r in 0..<rows { sum -= 0.5 * Double(x[r, k]) * Double(dy[r, n]) } }
              worst = max(worst, abs(sum - Double(dw[at])))
            }
          }
          #expect(
            worst < 1e-5 * Double(rows + 10).squareRoot() * 3, "\(level.name) \(rows) \(inputs) \(outputs)")
        }
      }
    }
  }

  @Test func inputGradient() {
    for (rows, inputs, outputs) in shapes {
      let dy = Matrix.random(rows, outputs, seed: 1)
      let w = PackedWeights(outputs: outputs, inputs: inputs, seed: 2)
      for level in levels {
        for accumulate in [false, true] {
          let dx = Matrix.random(rows, inputs, seed: 4, padding: 7)
          let before = dx.copy()
          let border = inputs / 32 * 16
          for range in [0..<border, border..<inputs] {
            level.denseInputGradient(
              dy: dy.pointer, ldy: dy.ld, rows: 0..<rows, outputs: outputs, w: w.packed.pointer,
              totalInputs: inputs, inputs: range, dx: dx.pointer, ldx: dx.ld, accumulate: accumulate)
          }
          var worst = 0.0
          for r in 0..<rows {
            for k in 0..<inputs {
              var sum = accumulate ? Double(before[r, k]) : 0
              for n in 0..<outputs { sum += Double(dy[r, n]) * Double(w.plain[n, k]) }
              worst = max(worst, abs(sum - Double(dx[r, k])))
            }
            for k in inputs..<dx.ld { #expect(dx[r, k] == 7) }
          }
          #expect(
            worst < 1e-5 * Double(outputs + 10).squareRoot() * 3, "\(level.name) \(rows) \(inputs) \(outputs)"
          )
        }
      }
    }
  }

  @Test func packingAndTransposing() {
    for (outputs, inputs) in [(1, 1), (10, 17), (16, 8), (33, 100), (300, 70)] {
      let expected = PackedWeights(outputs: outputs, inputs: inputs, seed: 5)
      for level in levels {
        let packed = AlignedBuffer<Float>(count: expected.packed.count)
        for i in 0..<packed.count { packed[i] = .nan }
        let plain = expected.plain
        level.packPanels(
          from: plain.pointer, ld: plain.ld, outputs: outputs, inputs: inputs, to: packed.pointer)
        #expect((0..<packed.count).allSatisfy { packed[$0] == expected.packed[$0] })
        let back = Matrix(outputs, inputs)
        level.unpackPanels(
          from: packed.pointer, outputs: outputs, inputs: inputs, to: back.pointer, ld: back.ld)
        #expect(back.values == plain.values)
        let turned = Matrix(inputs, outputs)
        level.transpose(
          from: plain.pointer, ldFrom: plain.ld, rows: outputs, columns: inputs, to: turned.pointer,
          ldTo: turned.ld)
        #expect(
          (0..<outputs).allSatisfy { n in (0..<inputs).allSatisfy { turned[$0, n] == plain[n, $0] } })
        #expect(turned.paddingIsZero)
      }
    }
  }
}

/// The weight gradient below which a scale and a shift of the input are trained.
@Suite struct ScaledInputGradientTests {
  @Test(arguments: [(1, 1, 1), (5, 17, 16), (32, 128, 20), (7, 300, 70), (200, 129, 33)])
  func agreesWithSums(rows: Int, inputs: Int, outputs: Int) {
    let x = Matrix.random(rows, inputs, seed: 1, padding: .nan)
    let dy = Matrix.random(rows, outputs, seed: 2, padding: 0)
    let w = PackedWeights(outputs: outputs, inputs: inputs, seed: 3)
    let (gamma, shift) = (Matrix.random(1, inputs, seed: 4), Matrix.random(1, inputs, seed: 5))
    for level in levels {
      for (scale, beta) in [(Float(1), Float(0)), (-0.1, 0.75)] {
        let dw = AlignedBuffer<Float>(count: w.packed.count)
        for i in 0..<dw.count { dw[i] = w.packed[i] }
        let (scales, shifts) = (Matrix(1, inputs), Matrix(1, inputs))
        level.denseScaledInputGradients(
          x: x.pointer, ldx: x.ld, inputScale: gamma.pointer, inputShift: shift.pointer, dy: dy.pointer, ldy: dy.ld,
          rows: rows, totalInputs: inputs, panels: 0..<panelCount(outputs), w: dw.pointer, dw: dw.pointer, scale: scale,
          beta: beta, scaleSums: scales.pointer, shiftSums: shifts.pointer)
        var worst = 0.0
        for k in 0..<inputs {
          var (scaleSum, shiftSum) = (0.0, 0.0)
          for n in 0..<outputs {
            var (product, sum) = (0.0, 0.0)
            for b in 0..<rows {
              product += Double(x[b, k]) * Double(dy[b, n])
              sum += Double(dy[b, n])
            }
            let weight = Double(w.plain[n, k])
            scaleSum += weight * product
            shiftSum += weight * sum
            let gradient = Double(gamma[0, k]) * product + Double(shift[0, k]) * sum
            let expected = Double(beta) * weight + Double(scale) * gradient
            let found = dw.pointer[((n / panelWidth) * inputs + k) * panelWidth + n % panelWidth]
            worst = max(worst, abs(Double(found) - expected))
          }
          worst = max(worst, abs(Double(scales[0, k]) - scaleSum), abs(Double(shifts[0, k]) - shiftSum))
        }
        #expect(worst < 2e-6 * Double(rows * outputs + 10), "\(level.name) \(rows) \(inputs) \(outputs)")
      }
    }
  }
}
