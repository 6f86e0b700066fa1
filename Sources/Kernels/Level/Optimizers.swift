import KernelInterface

extension Level {
  /// See `OptimizerLevel`.
  public static func sgd(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, count: Int, learningRate: Double,
    weightDecay: Double
  ) {
    let step = Float(-learningRate)
    let decay = Float(weightDecay)
    forEachVector(count) { i, load, store in
      let w0 = load(w + i)
      store(multiplyAdd(w0, multiplyAdd(load(g + i), w0, decay), step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func sgdMomentum(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, v: UnsafeMutablePointer<Float>, count: Int,
    learningRate: Double, momentum: Double, dampening: Double, nesterov: Bool, weightDecay: Double,
    first: Bool
  ) {
    let step = Float(-learningRate)
    let decay = Float(weightDecay)
    let keep = Float(momentum)
    let share = Float(1 - dampening)
    forEachVector(count) { i, load, store in
      let w0 = load(w + i)
      let g0 = multiplyAdd(load(g + i), w0, decay)
      let v0 = first ? g0 : multiplyAdd(g0 * share, load(v + i), keep)
      store(v0, v + i)
      store(multiplyAdd(w0, nesterov ? multiplyAdd(g0, v0, keep) : v0, step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func adam(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, count: Int, learningRate: Double, beta1: Double, beta2: Double,
    epsilon: Double, biasCorrection1: Double, biasCorrection2: Double, weightDecay: Double,
    decoupled: Bool
  ) {
    let shrink = decoupled ? Float(1 - learningRate * weightDecay) : 1
    let decay = decoupled ? 0 : Float(weightDecay)
    let share1 = Float(1 - beta1)
    let share2 = Float(1 - beta2)
    let keep2 = Float(beta2)
    let rootFactor = Float(1 / biasCorrection2.squareRoot())
    let step = Float(-learningRate / biasCorrection1)
    let small = Lanes(repeating: Float(epsilon))
    forEachVector(count) { i, load, store in
      let w0 = load(w + i) * shrink
      let g0 = multiplyAdd(load(g + i), w0, decay)
      let m0 = load(m + i)
      let m1 = multiplyAdd(m0, g0 - m0, share1)
      let v1 = multiplyAdd(load(v + i) * keep2, g0 * g0, share2)
      store(m1, m + i)
      store(v1, v + i)
      let denominator = multiplyAdd(small, v1.squareRoot(), rootFactor)
      store(multiplyAdd(w0, m1 / denominator, step), w + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
    // Squares of floats are exact in Double, so that fused and plain sums agree on every level.
    var even = SIMD8<Double>()
    var odd = SIMD8<Double>()
    let whole = count / 16 * 16
    var i = 0
    while i < whole {
      let a = SIMD8<Double>(load(x + i, as: SIMD8<Float>.self))
      let b = SIMD8<Double>(load(x + i + 8, as: SIMD8<Float>.self))
      even += a * a
      odd += b * b
      i += 16
    }
    for j in 0..<8 where i + j < count { even[j] += Double(x[i + j]) * Double(x[i + j]) }
    for j in 0..<8 where i + 8 + j < count { odd[j] += Double(x[i + 8 + j]) * Double(x[i + 8 + j]) }
    return horizontalSum(even + odd)
  }

  /// See `OptimizerLevel`.
  public static func scale(_ x: UnsafeMutablePointer<Float>, count: Int, by factor: Float) {
    forEachVector(count) { i, load, store in store(load(x + i) * factor, x + i) }
  }

  /// See `OptimizerLevel`.
  public static func clip(_ x: UnsafeMutablePointer<Float>, count: Int, limit: Float) {
    forEachVector(count) { i, load, store in
      store(smaller(larger(load(x + i), Lanes(repeating: -limit)), Lanes(repeating: limit)), x + i)
    }
  }

  /// See `OptimizerLevel`.
  public static func isFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
    // x·0 is 0 for every finite x, else NaN, and NaN stays in a sum.
    var sum = Lanes()
    forEachVector(count) { i, load, _ in sum += load(x + i) * 0 }
    return horizontalSum(sum) == 0
  }
}

/// Calls body with the index of every vector of a flat array, and the load and store to use there: those
/// of the last, incomplete vector touch only the elements that exist.
@inline(__always)
func forEachVector(
  _ count: Int,
  _ body: (
    _ index: Int, _ load: (UnsafePointer<Float>) -> Lanes,
    _ store: (Lanes, UnsafeMutablePointer<Float>) -> Void
  ) -> Void
) {
  let whole = count / Lanes.scalarCount * Lanes.scalarCount
  var i = 0
  while i < whole {
    body(i, { load($0) }, { store($0, $1) })
    i += Lanes.scalarCount
  }
  if i < count { body(i, { loadFirst(count - i, $0) }, { storeFirst(count - i, $0, $1) }) }
}
