import KernelInterface

extension Level {
  /// See `OptimizerLevel`.
  public static func adam(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, largest: UnsafeMutablePointer<Float>?, count: Int, rates: OptimizerRates,
    beta1: Double, beta2: Double, epsilon: Double, biasCorrection1: Double, biasCorrection2: Double
  ) {
    let input = OptimizerInput(rates)
    let share1 = Float(1 - beta1)
    let share2 = Float(1 - beta2)
    let keep2 = Float(beta2)
    let rootFactor = Float(1 / biasCorrection2.squareRoot())
    let step = Float(-rates.learningRate / biasCorrection1)
    let small = divisorEpsilon(epsilon)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let m0 = load(m + i)
      let m1 = multiplyAdd(m0, g0 - m0, share1)
      let v1 = multiplyAdd(load(v + i) * keep2, g0 * g0, share2)
      store(m1, m + i)
      store(v1, v + i)
      var second = v1
      if let largest {
        second = larger(v1, load(largest + i))
        store(second, largest + i)
      }
      let denominator = multiplyAdd(small, second.squareRoot(), rootFactor)
      store(multiplyAdd(w0, m1 / denominator, step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func adamax(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    u: UnsafeMutablePointer<Float>, count: Int, rates: OptimizerRates, beta1: Double, beta2: Double, epsilon: Double,
    biasCorrection1: Double
  ) {
    let input = OptimizerInput(rates)
    let share1 = Float(1 - beta1)
    let keep2 = Float(beta2)
    let step = Float(-rates.learningRate / biasCorrection1)
    let small = divisorEpsilon(epsilon)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let m0 = load(m + i)
      let m1 = multiplyAdd(m0, g0 - m0, share1)
      let u1 = larger(magnitude(g0) + small, load(u + i) * keep2)
      store(m1, m + i)
      store(u1, u + i)
      store(multiplyAdd(w0, m1 / u1, step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func nadam(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, count: Int, rates: OptimizerRates, beta1: Double, beta2: Double, epsilon: Double,
    gradientShare: Double, momentShare: Double, biasCorrection2: Double
  ) {
    let input = OptimizerInput(rates)
    let share1 = Float(1 - beta1)
    let share2 = Float(1 - beta2)
    let keep2 = Float(beta2)
    let rootFactor = Float(1 / biasCorrection2.squareRoot())
    let gradientFactor = Float(gradientShare)
    let momentFactor = Float(momentShare)
    let small = divisorEpsilon(epsilon)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let m0 = load(m + i)
      let m1 = multiplyAdd(m0, g0 - m0, share1)
      let v1 = multiplyAdd(load(v + i) * keep2, g0 * g0, share2)
      store(m1, m + i)
      store(v1, v + i)
      let direction = multiplyAdd(g0 * gradientFactor, m1, momentFactor)
      store(multiplyAdd(w0, direction / multiplyAdd(small, v1.squareRoot(), rootFactor), input.step), w + i)
    }
  }
}
