import KernelInterface

extension Level {
  /// See `FlatArrayLevel`.
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

  /// See `FlatArrayLevel`.
  public static func scale(_ x: UnsafeMutablePointer<Float>, count: Int, by factor: Float) {
    forEachVector(count) { i, load, store in store(load(x + i) * factor, x + i) }
  }

  /// See `FlatArrayLevel`.
  public static func clip(_ x: UnsafeMutablePointer<Float>, count: Int, limit: Float) {
    forEachVector(count) { i, load, store in
      store(smaller(larger(load(x + i), Lanes(repeating: -limit)), Lanes(repeating: limit)), x + i)
    }
  }

  /// See `FlatArrayLevel`.
  public static func addPenaltyGradient(
    _ g: UnsafeMutablePointer<Float>, _ w: UnsafePointer<Float>, count: Int, l1: Float, l2: Float
  ) {
    forEachVector(count) { i, load, store in
      let w0 = load(w + i)
      store(multiplyAdd(multiplyAdd(load(g + i), w0, 2 * l2), sign(w0), l1), g + i)
    }
  }

  /// See `FlatArrayLevel`.
  public static func shrink(_ w: UnsafeMutablePointer<Float>, count: Int, by amount: Float) {
    forEachVector(count) { i, load, store in
      let w0 = load(w + i)
      store(w0 - smaller(larger(w0, Lanes(repeating: -amount)), Lanes(repeating: amount)), w + i)
    }
  }

  /// See `FlatArrayLevel`.
  public static func moveTowards(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int, share: Float
  ) {
    let isNearY = share < 0.5
    let factor = isNearY ? share : share - 1
    forEachVector(count) { i, load, store in
      let (y0, x0) = (load(y + i), load(x + i))
      store(multiplyAdd(isNearY ? y0 : x0, x0 - y0, factor), y + i)
    }
  }

  /// See `FlatArrayLevel`.
  public static func limitColumnNorms(_ panel: UnsafeMutablePointer<Float>, rows: Int, limit: Double) {
    var (low, high) = (SIMD8<Double>(), SIMD8<Double>())
    for r in 0..<rows {
      let a = SIMD8<Double>(load(UnsafePointer(panel) + r * panelWidth, as: SIMD8<Float>.self))
      let b = SIMD8<Double>(load(UnsafePointer(panel) + r * panelWidth + 8, as: SIMD8<Float>.self))
      low += a * a
      high += b * b
    }
    var factors = Wide(repeating: 1)
    var scales = false
    for lane in 0..<panelWidth {
      let norm = (lane < 8 ? low[lane] : high[lane - 8]).squareRoot()
      guard norm > limit else { continue }
      factors[lane] = Float(limit / (norm + 1e-7))
      scales = true
    }
    guard scales else { return }
    for r in 0..<rows {
      let at = panel + r * panelWidth
      store(load(UnsafePointer(at), as: Wide.self) * factors, at)
    }
  }

  /// See `FlatArrayLevel`.
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
