import KernelInterface

extension Level {
  /// See `OptimizerLevel`.
  public static func sgd(w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, count: Int, rates: OptimizerRates) {
    let input = OptimizerInput(rates)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      store(multiplyAdd(w0, g0, input.step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func sgdMomentum(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, v: UnsafeMutablePointer<Float>, count: Int,
    rates: OptimizerRates, momentum: Double, dampening: Double, nesterov: Bool, first: Bool
  ) {
    let input = OptimizerInput(rates)
    let keep = Float(momentum)
    let share = Float(1 - dampening)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let v0 = first ? g0 : multiplyAdd(g0 * share, load(v + i), keep)
      store(v0, v + i)
      store(multiplyAdd(w0, nesterov ? multiplyAdd(g0, v0, keep) : v0, input.step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func lion(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>, count: Int,
    rates: OptimizerRates, beta1: Double, beta2: Double
  ) {
    let input = OptimizerInput(rates)
    let share1 = Float(1 - beta1)
    let share2 = Float(1 - beta2)
    forEachVector(count) { i, load, store in
      let (w0, g0) = input(load(w + i), load(g + i))
      let m0 = load(m + i)
      store(multiplyAdd(w0, sign(multiplyAdd(m0, g0 - m0, share1)), input.step), w + i)
      store(multiplyAdd(m0, g0 - m0, share2), m + i)
    }
  }
}
