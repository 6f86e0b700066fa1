import KernelInterface

extension Level {
  /// See `SlopeLevel`.
  public static func slopeForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, columns: Range<Int>, slope: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>, ldy: Int
  ) {
    for r in rows {
      var c = columns.lowerBound
      while c < columns.upperBound {
        let v = load(x + r * ldx + c)
        store(v.replacing(with: v * load(slope + c), where: .!(v .> Lanes())), y + r * ldy + c)
        c += Lanes.scalarCount
      }
    }
  }

  /// See `SlopeLevel`.
  public static func slopeBackward(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafeMutablePointer<Float>, lddy: Int, rows: Int, columns: Range<Int>,
    slope: UnsafePointer<Float>, dslope: UnsafeMutablePointer<Float>
  ) {
    var c = columns.lowerBound
    while c < columns.upperBound {
      let count = columns.upperBound - c
      let factor = load(slope + c, as: SIMD8<Float>.self)
      var sum = SIMD8<Double>()
      for r in 0..<rows {
        let at = dy + r * lddy + c
        let v = load(x + r * ldx + c, as: SIMD8<Float>.self)
        let slopes = load(UnsafePointer(at), as: SIMD8<Float>.self)
        let isAbove = v .> SIMD8<Float>()
        sum += SIMD8<Double>((v * slopes).replacing(with: 0, where: isAbove))
        store(keepFirst8(count, (slopes * factor).replacing(with: slopes, where: isAbove)), at)
      }
      store(keepFirst8(count, SIMD8<Float>(sum)), dslope + c)
      c += 8
    }
  }
}
