import KernelInterface

extension Level {
  /// See `OptimizerLevel`.
  public static func adagrad(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, sum: UnsafeMutablePointer<Float>, count: Int,
    rates: OptimizerRates, epsilon: Double
  ) {
    let input = OptimizerInput(rates)
    let small = divisorEpsilon(epsilon)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let sum1 = multiplyAdd(load(sum + i), g0, g0)
      store(sum1, sum + i)
      store(multiplyAdd(w0, g0 / (sum1.squareRoot() + small), input.step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func rmsprop(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, s: UnsafeMutablePointer<Float>,
    mean: UnsafeMutablePointer<Float>?, buffer: UnsafeMutablePointer<Float>?, count: Int, rates: OptimizerRates,
    alpha: Double, momentum: Double, epsilon: Double, epsilonIsInRoot: Bool
  ) {
    let input = OptimizerInput(rates)
    let keep = Float(alpha)
    let share = Float(1 - alpha)
    let small = divisorEpsilon(epsilon)
    let (inRoot, outside) = epsilonIsInRoot ? (small, Lanes()) : (Lanes(), small)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let s1 = multiplyAdd(load(s + i) * keep, g0 * g0, share)
      store(s1, s + i)
      var variance = s1
      if let mean {
        let mean0 = load(mean + i)
        let mean1 = multiplyAdd(mean0, g0 - mean0, share)
        store(mean1, mean + i)
        // Rounding can take a variance near 0 below it.
        variance = larger(multiplyAdd(s1, mean1, -mean1), Lanes())
      }
      var direction = g0 / ((variance + inRoot).squareRoot() + outside)
      if let buffer {
        direction = multiplyAdd(direction, load(buffer + i), Float(momentum))
        store(direction, buffer + i)
      }
      store(multiplyAdd(w0, direction, input.step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func adadelta(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, s: UnsafeMutablePointer<Float>,
    d: UnsafeMutablePointer<Float>, count: Int, rates: OptimizerRates, rho: Double, epsilon: Double
  ) {
    let input = OptimizerInput(rates)
    let keep = Float(rho)
    let share = Float(1 - rho)
    let small = Float(epsilon)
    let divisorSmall = divisorEpsilon(epsilon)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let s1 = multiplyAdd(load(s + i) * keep, g0 * g0, share)
      let d0 = load(d + i)
      let delta = (d0 + small).squareRoot() / (s1 + divisorSmall).squareRoot() * g0
      store(s1, s + i)
      store(multiplyAdd(d0 * keep, delta * delta, share), d + i)
      store(multiplyAdd(w0, delta, input.step), w + i)
    }
  }
}
