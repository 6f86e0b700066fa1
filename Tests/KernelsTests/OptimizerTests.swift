import Kernels
import Testing

/// Every optimizer's step against its formula in Float64, on every level, for counts that fill no vector.
@Suite struct OptimizerTests {
  private static let counts = [1, 5, 7, 8, 16, 33, 100, 1003]

  private static func random(_ count: Int, _ seed: UInt64) -> [Float] { Matrix.random(1, count, seed: seed).values }

  /// Numbers of 0 to 1, as squares are; those of the first state from 3 on, so that no variance is near 0.
  private static func state(_ index: Int, _ count: Int) -> [Float] {
    var values = random(count, UInt64(3 + index))
    for i in 0..<count { values[i] = min(values[i] * values[i], 1) + (index == 0 ? 3 : 0) }
    return values
  }

  private static func buffer(_ values: [Float]) -> AlignedBuffer<Float> {
    let buffer = AlignedBuffer<Float>(count: values.count)
    buffer.pointer.update(from: values, count: values.count)
    return buffer
  }

  /// Weights and gradient as a formula finds them, of one element.
  private struct Element {
    var w: Double
    var g: Double
    /// What the optimizer keeps for it.
    var kept: [Double]
  }

  /// Compares a kernel with a formula over one element, for plain rates, coupled and decoupled decay, and maximising.
  private func check(
    states: Int, decoupled: Bool = true,
    kernel: (
      any InstructionLevel.Type, UnsafeMutablePointer<Float>, [Float], [UnsafeMutablePointer<Float>], OptimizerRates
    ) -> Void,
    formula: (inout Element, _ lr: Double) -> Void
  ) {
    var variants = [
      OptimizerRates(learningRate: 0.1), OptimizerRates(learningRate: 0.1, weightDecay: 0.2),
      OptimizerRates(learningRate: 0.1, weightDecay: 0.2, maximizes: true),
    ]
    if decoupled { variants.append(OptimizerRates(learningRate: 0.1, weightDecay: 0.2, isDecoupled: true)) }
    for count in OptimizerTests.counts {
      let (w, g) = (OptimizerTests.random(count, 1), OptimizerTests.random(count, 2))
      let kept = (0..<states).map { OptimizerTests.state($0, count) }
      for level in levels {
        for rates in variants {
          let weights = OptimizerTests.buffer(w)
          let buffers = kept.map(OptimizerTests.buffer)
          kernel(level, weights.pointer, g, buffers.map(\.pointer), rates)
          for i in 0..<count {
            let weight = Double(w[i])
            let slope = rates.maximizes ? -Double(g[i]) : Double(g[i])
            var element = Element(w: weight, g: slope, kept: kept.map { Double($0[i]) })
            if rates.isDecoupled { element.w -= 0.1 * 0.2 * weight } else { element.g += rates.weightDecay * weight }
            formula(&element, 0.1)
            #expect(close(weights[i], element.w, 4e-6), "weight \(i) of \(count), \(level.name)")
            for s in 0..<states {
              #expect(close(buffers[s][i], element.kept[s], 2e-6), "state \(s) of \(i) of \(count), \(level.name)")
            }
          }
        }
      }
    }
  }

  @Test func sgd() {
    check(states: 0) { level, w, g, _, rates in
      level.sgd(w: w, g: g, count: g.count, rates: rates)
    } formula: { e, lr in
      e.w -= lr * e.g
    }
  }

  @Test(arguments: [false, true], [false, true]) func momentum(nesterov: Bool, first: Bool) {
    check(states: 1) { level, w, g, kept, rates in
      level.sgdMomentum(
        w: w, g: g, v: kept[0], count: g.count, rates: rates, momentum: 0.9, dampening: 0.2, nesterov: nesterov,
        first: first)
    } formula: { e, lr in
      e.kept[0] = first ? e.g : 0.9 * e.kept[0] + 0.8 * e.g
      e.w -= lr * (nesterov ? e.g + 0.9 * e.kept[0] : e.kept[0])
    }
  }

  @Test func adagrad() {
    check(states: 1) { level, w, g, kept, rates in
      level.adagrad(w: w, g: g, sum: kept[0], count: g.count, rates: rates, epsilon: 0.01)
    } formula: { e, lr in
      e.kept[0] += e.g * e.g
      e.w -= lr * e.g / (e.kept[0].squareRoot() + 0.01)
    }
  }

  @Test(arguments: [false, true], [false, true]) func rmsprop(centered: Bool, momentum: Bool) {
    // One flag for two choices, which do not meet: momentum, and eps within the root.
    let bufferIndex = centered ? 2 : 1
    check(states: 1 + (centered ? 1 : 0) + (momentum ? 1 : 0)) { level, w, g, kept, rates in
      level.rmsprop(
        w: w, g: g, s: kept[0], mean: centered ? kept[1] : nil, buffer: momentum ? kept[bufferIndex] : nil,
        count: g.count, rates: rates, alpha: 0.9, momentum: 0.7, epsilon: 0.01,
        epsilonIsInRoot: momentum)
    } formula: { e, lr in
      e.kept[0] = 0.9 * e.kept[0] + 0.1 * e.g * e.g
      var variance = e.kept[0]
      if centered {
        e.kept[1] = 0.9 * e.kept[1] + 0.1 * e.g
        variance = max(variance - e.kept[1] * e.kept[1], 0)
      }
      var direction = e.g / (momentum ? (variance + 0.01).squareRoot() : variance.squareRoot() + 0.01)
      if momentum {
        e.kept[bufferIndex] = 0.7 * e.kept[bufferIndex] + direction
        direction = e.kept[bufferIndex]
      }
      e.w -= lr * direction
    }
  }

  @Test("a variance that rounding took below 0 counts as 0") func negativeVariance() {
    for level in levels {
      var (w, s, mean): ([Float], [Float], [Float]) = ([0], [1], [2])
      level.rmsprop(
        w: &w, g: [1], s: &s, mean: &mean, buffer: nil, count: 1, rates: OptimizerRates(learningRate: 0.1), alpha: 0.9,
        momentum: 0, epsilon: 0.5, epsilonIsInRoot: false)
      #expect(close(w[0], -0.1 / 0.5, 1e-6))
    }
  }

  @Test func adadelta() {
    check(states: 2) { level, w, g, kept, rates in
      level.adadelta(w: w, g: g, s: kept[0], d: kept[1], count: g.count, rates: rates, rho: 0.9, epsilon: 0.01)
    } formula: { e, lr in
      e.kept[0] = 0.9 * e.kept[0] + 0.1 * e.g * e.g
      let delta = ((e.kept[1] + 0.01) / (e.kept[0] + 0.01)).squareRoot() * e.g
      e.kept[1] = 0.9 * e.kept[1] + 0.1 * delta * delta
      e.w -= lr * delta
    }
  }

  @Test(arguments: [false, true]) func adam(amsgrad: Bool) {
    check(states: amsgrad ? 3 : 2) { level, w, g, kept, rates in
      level.adam(
        w: w, g: g, m: kept[1], v: kept[0], largest: amsgrad ? kept[2] : nil, count: g.count, rates: rates, beta1: 0.9,
        beta2: 0.999, epsilon: 1e-3, biasCorrection1: 0.19, biasCorrection2: 0.02)
    } formula: { e, lr in
      e.kept[1] = 0.9 * e.kept[1] + 0.1 * e.g
      e.kept[0] = 0.999 * e.kept[0] + 0.001 * e.g * e.g
      if amsgrad { e.kept[2] = max(e.kept[2], e.kept[0]) }
      e.w -= lr / 0.19 * e.kept[1] / ((e.kept[amsgrad ? 2 : 0] / 0.02).squareRoot() + 1e-3)
    }
  }

  @Test func adamax() {
    check(states: 2) { level, w, g, kept, rates in
      level.adamax(
        w: w, g: g, m: kept[1], u: kept[0], count: g.count, rates: rates, beta1: 0.9, beta2: 0.5, epsilon: 1e-3,
        biasCorrection1: 0.19)
    } formula: { e, lr in
      e.kept[1] = 0.9 * e.kept[1] + 0.1 * e.g
      e.kept[0] = max(0.5 * e.kept[0], abs(e.g) + 1e-3)
      e.w -= lr / 0.19 * e.kept[1] / e.kept[0]
    }
  }

  @Test func nadam() {
    check(states: 2) { level, w, g, kept, rates in
      level.nadam(
        w: w, g: g, m: kept[1], v: kept[0], count: g.count, rates: rates, beta1: 0.9, beta2: 0.999, epsilon: 1e-3,
        gradientShare: 0.6, momentShare: 0.7, biasCorrection2: 0.02)
    } formula: { e, lr in
      e.kept[1] = 0.9 * e.kept[1] + 0.1 * e.g
      e.kept[0] = 0.999 * e.kept[0] + 0.001 * e.g * e.g
      e.w -= lr * (0.6 * e.g + 0.7 * e.kept[1]) / ((e.kept[0] / 0.02).squareRoot() + 1e-3)
    }
  }

  @Test func lion() {
    check(states: 1) { level, w, g, kept, rates in
      level.lion(w: w, g: g, m: kept[0], count: g.count, rates: rates, beta1: 0.3, beta2: 0.9)
    } formula: { e, lr in
      let direction = 0.3 * e.kept[0] + 0.7 * e.g
      e.w -= direction > 0 ? lr : direction < 0 ? -lr : 0
      e.kept[0] = 0.9 * e.kept[0] + 0.1 * e.g
    }
  }

  @Test("padding stays zero, also with eps = 0 and whatever is kept for it", arguments: [Float(0), 0.5])
  func padding(initial: Float) {
    let count = 21
    let g = [Float](repeating: 0, count: count)
    let rates = OptimizerRates(learningRate: 0.1, weightDecay: 0.1)
    for level in levels {
      func isZero(_ states: Int, _ body: (UnsafeMutablePointer<Float>, [UnsafeMutablePointer<Float>]) -> Void) -> Bool {
        let buffers = (0...states).map { _ in AlignedBuffer<Float>(count: count) }
        for buffer in buffers.dropFirst() { buffer.pointer.update(repeating: initial, count: count) }
        body(buffers[0].pointer, buffers.dropFirst().map(\.pointer))
        return (0..<count).allSatisfy { buffers[0][$0] == 0 }
      }
      let adagrad = isZero(1) { w, s in level.adagrad(w: w, g: g, sum: s[0], count: count, rates: rates, epsilon: 0) }
      #expect(adagrad)
      let adadelta = isZero(2) { w, s in
        level.adadelta(w: w, g: g, s: s[0], d: s[1], count: count, rates: rates, rho: 0.9, epsilon: 0)
      }
      #expect(adadelta)
      // Moments of a gradient that was always zero are zero: only second moments may begin elsewhere.
      let rmsprop = isZero(1) { w, s in
        level.rmsprop(
          w: w, g: g, s: s[0], mean: nil, buffer: nil, count: count, rates: rates, alpha: 0.9, momentum: 0, epsilon: 0,
          epsilonIsInRoot: initial == 0)
      }
      #expect(rmsprop)
      let zeros = AlignedBuffer<Float>(count: count)
      let adam = isZero(1) { w, s in
        level.adam(
          w: w, g: g, m: zeros.pointer, v: s[0], largest: nil, count: count, rates: rates, beta1: 0.9, beta2: 0.999,
          epsilon: 0, biasCorrection1: 0.1, biasCorrection2: 0.001)
      }
      #expect(adam)
      let adamax = isZero(1) { w, s in
        level.adamax(
          w: w, g: g, m: zeros.pointer, u: s[0], count: count, rates: rates, beta1: 0.9, beta2: 0.999, epsilon: 0,
          biasCorrection1: 0.1)
      }
      #expect(adamax)
      let nadam = isZero(1) { w, s in
        level.nadam(
          w: w, g: g, m: zeros.pointer, v: s[0], count: count, rates: rates, beta1: 0.9, beta2: 0.999, epsilon: 0,
          gradientShare: 1, momentShare: 1, biasCorrection2: 0.001)
      }
      #expect(nadam)
      let lion = isZero(0) { w, _ in
        level.lion(w: w, g: g, m: zeros.pointer, count: count, rates: rates, beta1: 0.9, beta2: 0.99)
      }
      #expect(lion)
    }
  }

  @Test("a gradient that is not a number reaches the weights")
  func notANumber() {
    let g: [Float] = [1, .nan, -1]
    for level in levels {
      var (w, m): ([Float], [Float]) = ([0, 0, 0], [0, 0, 0])
      level.lion(
        w: &w, g: g, m: &m, count: 3, rates: OptimizerRates(learningRate: 0.5), beta1: 0.9, beta2: 0.99)
      #expect(w[0] == -0.5 && w[1].isNaN && w[2] == 0.5)
    }
  }
}
