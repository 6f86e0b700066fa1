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
    gamma: UnsafePointer<Float>, dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>,
    makesInputGradient: Bool
  ) {
    let share = SIMD8<Double>(repeating: 1 / Double(rows))
    for c in stride(from: columns.lowerBound, to: columns.upperBound, by: panelWidth) {
      let center = load(mean + c, as: Wide.self)
      let factor = load(inverseStd + c, as: Wide.self)
      // Sums by halves of eight lanes, which are a vector in Double.
      var (sumLow, sumHigh) = (SIMD8<Double>(), SIMD8<Double>())
      var (productsLow, productsHigh) = (SIMD8<Double>(), SIMD8<Double>())
      for r in 0..<rows {
        let normal = (load(x + r * ldx + c, as: Wide.self) - center) * factor
        let low = column8(UnsafePointer(dy), r * lddy + c)
        let high = column8(UnsafePointer(dy), r * lddy + c + 8)
        sumLow += low
        sumHigh += high
        productsLow += low * SIMD8<Double>(normal.lowHalf)
        productsHigh += high * SIMD8<Double>(normal.highHalf)
      }
      store(wide(sumLow, sumHigh), dbeta + c)
      store(wide(productsLow, productsHigh), dgamma + c)
      guard makesInputGradient else { continue }
      let meanSlope = wide(sumLow * share, sumHigh * share)
      let meanProduct = wide(productsLow * share, productsHigh * share)
      let scale = load(gamma + c, as: Wide.self) * factor
      let isPadding = panelLaneNumbers() .>= SIMD16(repeating: Int32(truncatingIfNeeded: columns.upperBound - c))
      for r in 0..<rows {
        let at = dy + r * lddy + c
        let normal = (load(x + r * ldx + c, as: Wide.self) - center) * factor
        let slope = load(UnsafePointer(at), as: Wide.self)
        store((scale * (slope - meanSlope - normal * meanProduct)).replacing(with: 0, where: isPadding), at)
      }
    }
  }
}

@inline(__always)
private func wide(_ low: SIMD8<Double>, _ high: SIMD8<Double>) -> Wide {
  Wide(lowHalf: SIMD8<Float>(low), highHalf: SIMD8<Float>(high))
}

/// The numbers 0, 1, 2, … 15.
@inline(__always)
private func panelLaneNumbers() -> SIMD16<Int32> {
  SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}

/// Eight columns of one row, in Double.
@inline(__always)
func column8(_ x: UnsafePointer<Float>, _ offset: Int) -> SIMD8<Double> {
  SIMD8<Double>(load(x + offset, as: SIMD8<Float>.self))
}
