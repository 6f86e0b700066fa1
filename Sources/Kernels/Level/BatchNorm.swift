import KernelInterface

extension Level {
  /// See `BatchNormLevel`.
  public static func batchNormStatistics(
    x: UnsafePointer<Float>, ldx: Int, rows: Int, columns: Range<Int>, epsilon: Double,
    mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>,
    inverseStd: UnsafeMutablePointer<Float>
  ) {
    let share = SIMD8<Double>(repeating: 1 / Double(rows))
    var c = columns.lowerBound
    while c < columns.upperBound {
      var sum = SIMD8<Double>()
      for r in 0..<rows { sum += column8(x, r * ldx + c) }
      let center = sum * share
      var squares = SIMD8<Double>()
      for r in 0..<rows {
        let d = column8(x, r * ldx + c) - center
        squares += d * d
      }
      let spread = squares * share
      store(SIMD8<Float>(center), mean + c)
      store(SIMD8<Float>(spread), variance + c)
      let std = (spread + SIMD8(repeating: epsilon)).squareRoot()
      store(SIMD8<Float>(SIMD8<Double>(repeating: 1) / std), inverseStd + c)
      c += 8
    }
  }

  /// See `BatchNormLevel`.
  public static func batchNormForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, columns: Range<Int>,
    mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>,
    gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>, ldy: Int
  ) {
    for r in rows {
      var c = columns.lowerBound
      while c < columns.upperBound {
        let factor = load(inverseStd + c) * load(gamma + c)
        store(multiplyAdd(load(beta + c), load(x + r * ldx + c) - load(mean + c), factor), y + r * ldy + c)
        c += Lanes.scalarCount
      }
    }
  }

  /// See `BatchNormLevel`.
  public static func batchNormBackward(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafeMutablePointer<Float>, lddy: Int,
    rows: Int, columns: Range<Int>, mean: UnsafePointer<Float>, inverseStd: UnsafePointer<Float>,
    gamma: UnsafePointer<Float>, dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>
  ) {
    let share = 1 / Double(rows)
    var c = columns.lowerBound
    while c < columns.upperBound {
      let center = load(mean + c, as: SIMD8<Float>.self)
      let factor = load(inverseStd + c, as: SIMD8<Float>.self)
      var sum = SIMD8<Double>()
      var products = SIMD8<Double>()
      for r in 0..<rows {
        let slope = column8(UnsafePointer(dy), r * lddy + c)
        let normal = (load(x + r * ldx + c, as: SIMD8<Float>.self) - center) * factor
        sum += slope
        products += slope * SIMD8<Double>(normal)
      }
      store(SIMD8<Float>(sum), dbeta + c)
      store(SIMD8<Float>(products), dgamma + c)
      let meanSlope = SIMD8<Float>(sum * share)
      let meanProduct = SIMD8<Float>(products * share)
      let scale = load(gamma + c, as: SIMD8<Float>.self) * factor
      let count = columns.upperBound - c
      for r in 0..<rows {
        let at = dy + r * lddy + c
        let normal = (load(x + r * ldx + c, as: SIMD8<Float>.self) - center) * factor
        let slope = load(UnsafePointer(at), as: SIMD8<Float>.self)
        store(keepFirst8(count, scale * (slope - meanSlope - normal * meanProduct)), at)
      }
      c += 8
    }
  }
}

/// Eight columns of one row, in Double.
@inline(__always)
func column8(_ x: UnsafePointer<Float>, _ offset: Int) -> SIMD8<Double> {
  SIMD8<Double>(load(x + offset, as: SIMD8<Float>.self))
}
