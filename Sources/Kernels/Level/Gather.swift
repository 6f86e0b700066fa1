import KernelInterface

extension Level {
  /// See `GatherLevel`.
  public static func gatherRows(
    type: ElementType, from: UnsafeRawPointer, columns: Int, indices: UnsafePointer<Int32>?, first: Int,
    count: Int, to: UnsafeMutablePointer<Float>, ld: Int
  ) {
    @inline(__always)
    func each<Element>(
      _: Element.Type, _ eight: (UnsafeRawPointer) -> SIMD8<Float>, _ one: (Element) -> Float
    ) {
      let size = MemoryLayout<Element>.size
      let whole = columns / 8 * 8
      for i in 0..<count {
        let index = indices.map { Int($0[i]) } ?? first + i
        let row = from + index * columns * size
        let out = to + i * ld
        var c = 0
        while c < whole {
          store(eight(row + c * size), out + c)
          c += 8
        }
        while c < columns {
          out[c] = one((row + c * size).loadUnaligned(as: Element.self))
          c += 1
        }
      }
    }
    switch type {
    case .float32:
      each(Float.self, { $0.loadUnaligned(as: SIMD8<Float>.self) }, { $0 })
    case .float64:
      each(Double.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<Double>.self)) }, { Float($0) })
    case .float16:
      each(
        UInt16.self, { halfToFloat($0.loadUnaligned(as: SIMD8<UInt16>.self)) },
        { halfToFloat(SIMD8(repeating: $0))[0] })
    case .uint8:
      each(UInt8.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<UInt8>.self)) }, { Float($0) })
    case .int8:
      each(Int8.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<Int8>.self)) }, { Float($0) })
    case .uint16:
      each(UInt16.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<UInt16>.self)) }, { Float($0) })
    case .int16:
      each(Int16.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<Int16>.self)) }, { Float($0) })
    case .uint32:
      each(UInt32.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<UInt32>.self)) }, { Float($0) })
    case .int32:
      each(Int32.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<Int32>.self)) }, { Float($0) })
    case .uint64:
      each(UInt64.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<UInt64>.self)) }, { Float($0) })
    case .int64:
      each(Int64.self, { SIMD8<Float>($0.loadUnaligned(as: SIMD8<Int64>.self)) }, { Float($0) })
    }
  }
}

/// IEEE half precision to single: the bits moved into place and rescaled by 2¹¹², exact for every value.
@inline(__always)
private func halfToFloat(_ h: SIMD8<UInt16>) -> SIMD8<Float> {
  let wide = SIMD8<UInt32>(truncatingIfNeeded: h)
  let shifted = (wide & SIMD8(repeating: 0x7FFF)) &<< SIMD8(repeating: 13)
  let finite =
    unsafeBitCast(shifted, to: SIMD8<Float>.self) * Float(sign: .plus, exponent: 112, significand: 1)
  let special = unsafeBitCast(shifted | SIMD8(repeating: 0x7F80_0000), to: SIMD8<Float>.self)
  let magnitude = unsafeBitCast(
    finite.replacing(with: special, where: finite .>= SIMD8<Float>(repeating: 65536)), to: SIMD8<UInt32>.self)
  let sign = (wide & SIMD8(repeating: 0x8000)) &<< SIMD8(repeating: 16)
  return unsafeBitCast(magnitude | sign, to: SIMD8<Float>.self)
}
