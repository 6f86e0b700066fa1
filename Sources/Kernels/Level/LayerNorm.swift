import KernelInterface

extension Level {
  /// See `LayerNormLevel`.
  public static func layerNormForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, columns: Int, epsilon: Double,
    gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
    inverseStd: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>, ldy: Int
  ) {
    for r in rows {
      let row = x + r * ldx
      let center = rowSum(row, columns) { $0 } / Double(columns)
      let offset = SIMD8<Double>(repeating: center)
      let spread = rowSum(row, columns) { ($0 - offset) * ($0 - offset) } / Double(columns)
      mean[r] = Float(center)
      inverseStd[r] = Float(1 / (spread + epsilon).squareRoot())
      let (shift, factor) = (Lanes(repeating: mean[r]), Lanes(repeating: inverseStd[r]))
      var c = 0
      while c < columns {
        store(multiplyAdd(load(beta + c), (load(row + c) - shift) * factor, load(gamma + c)), y + r * ldy + c)
        c += Lanes.scalarCount
      }
    }
  }

  /// See `LayerNormLevel`.
  public static func layerNormInputGradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, lddy: Int, rows: Range<Int>, columns: Int,
    mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>, gamma: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>, lddx: Int
  ) {
    let share = 1 / Double(columns)
    for r in rows {
      let (row, slopes, out) = (x + r * ldx, dy + r * lddy, dx + r * lddx)
      let (shift, factor) = (Lanes(repeating: mean[r]), Lanes(repeating: inverseStd[r]))
      var sum = SIMD8<Double>()
      var products = SIMD8<Double>()
      forEachLanes(columns) { c, keep in
        let g = load(slopes + c) * load(gamma + c)
        sum += doubles(keep(g))
        products += doubles(keep(g * ((load(row + c) - shift) * factor)))
      }
      let meanSlope = Lanes(repeating: Float(horizontalSum(sum) * share))
      let meanProduct = Lanes(repeating: Float(horizontalSum(products) * share))
      forEachLanes(columns) { c, keep in
        let g = load(slopes + c) * load(gamma + c)
        let normal = (load(row + c) - shift) * factor
        store(keep((g - meanSlope - normal * meanProduct) * factor), out + c)
      }
      clearPadding(out, columns)
    }
  }

  /// See `LayerNormLevel`.
  public static func layerNormParameterGradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, lddy: Int, rows: Int, columns: Range<Int>,
    mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>,
    dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>
  ) {
    var c = columns.lowerBound
    while c < columns.upperBound {
      var sum = SIMD8<Double>()
      var products = SIMD8<Double>()
      for r in 0..<rows {
        let slope = column8(dy, r * lddy + c)
        let normal = (load(x + r * ldx + c, as: SIMD8<Float>.self) - mean[r]) * inverseStd[r]
        sum += slope
        products += slope * SIMD8<Double>(normal)
      }
      store(keepFirst8(columns.upperBound - c, SIMD8<Float>(sum)), dbeta + c)
      store(keepFirst8(columns.upperBound - c, SIMD8<Float>(products)), dgamma + c)
      c += 8
    }
  }
}

/// Σ f(x) over a row, in Double.
@inline(__always)
private func rowSum(
  _ row: UnsafePointer<Float>, _ columns: Int, _ f: (SIMD8<Double>) -> SIMD8<Double>
) -> Double {
  var sum = SIMD8<Double>()
  let whole = columns / 8 * 8
  var c = 0
  while c < whole {
    sum += f(column8(row, c))
    c += 8
  }
  if c < columns {
    let last = f(column8(row, c))
    for i in 0..<columns - c { sum[i] += last[i] }
  }
  return horizontalSum(sum)
}
