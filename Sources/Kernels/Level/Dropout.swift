import KernelInterface

typealias Words = SIMD8<UInt32>

extension Level {
  /// See `DropoutLevel`.
  public static func dropoutMask(
    key: UInt64, stream: (UInt32, UInt32), p: Double, rows: Range<Int>, columns: Range<Int>,
    mask: UnsafeMutablePointer<UInt8>, ld: Int
  ) {
    let threshold = UInt32(max(0, min(65536, (p * 65536).rounded())))
    let low = Words(repeating: threshold)
    let high = Words(repeating: threshold &<< 16)
    let firstBlock = columns.lowerBound / 8
    let blocks = (columns.upperBound + 7) / 8 - firstBlock
    guard blocks > 0, threshold < 65536 else {
      for r in rows { for i in 0..<max(0, blocks * 8) { mask[r * ld + firstBlock * 8 + i] = 0 } }
      return
    }
    // Eight blocks at a time, row after row: eight lanes of (row, block).
    var row = rows.lowerBound
    var block = 0
    var rowLanes = Words()
    var blockLanes = Words()
    var remaining = rows.count * blocks
    while remaining > 0 {
      let count = min(8, remaining)
      let (startRow, startBlock) = (row, block)
      for i in 0..<8 {
        rowLanes[i] = UInt32(truncatingIfNeeded: row)
        blockLanes[i] = UInt32(truncatingIfNeeded: block + firstBlock)
        block += 1
        if block == blocks {
          block = 0
          row += 1
        }
      }
      let words = philoxLanes(
        (blockLanes, rowLanes, Words(repeating: stream.0), Words(repeating: stream.1)), key: key)
      let keep = SIMD8<UInt64>(truncatingIfNeeded: flags(words.0, words.1, low, high))
      let keepHigh = SIMD8<UInt64>(truncatingIfNeeded: flags(words.2, words.3, low, high))
      let bytes = keep | (keepHigh &<< SIMD8<UInt64>(repeating: 32))
      if startBlock + count <= blocks {
        let at = UnsafeMutableRawPointer(mask + startRow * ld + (firstBlock + startBlock) * 8)
        if count == 8 {
          at.storeBytes(of: bytes, as: SIMD8<UInt64>.self)
        } else {
          for i in 0..<count { at.storeBytes(of: bytes[i], toByteOffset: i * 8, as: UInt64.self) }
        }
      } else {
        for i in 0..<count {
          let at = (startBlock + i) / blocks * ld + (firstBlock + (startBlock + i) % blocks) * 8
          UnsafeMutableRawPointer(mask + startRow * ld + at).storeBytes(of: bytes[i], as: UInt64.self)
        }
      }
      remaining -= 8
    }
  }

  /// See `DropoutLevel`.
  public static func dropoutApply(
    mask: UnsafePointer<UInt8>, ldMask: Int, y: UnsafeMutablePointer<Float>, ldy: Int,
    rows: Int, columns: Int, scale: Float
  ) {
    let whole = columns / 8 * 8
    for r in 0..<rows {
      let flags = mask + r * ldMask
      let row = y + r * ldy
      var c = 0
      while c < whole {
        let dropped = SIMD8<Int32>(truncatingIfNeeded: load(flags + c, as: SIMD8<UInt8>.self)) .== SIMD8()
        let lanes = load(UnsafePointer(row + c), as: SIMD8<Float>.self)
        store((lanes * scale).replacing(with: 0, where: dropped), row + c)
        c += 8
      }
      while c < columns {
        row[c] = flags[c] == 0 ? 0 : row[c] * scale
        c += 1
      }
    }
  }
}

/// Four mask bytes of each lane: 1 where the halves of two words, low first, reach the threshold.
@inline(__always)
private func flags(_ a: Words, _ b: Words, _ low: Words, _ high: Words) -> Words {
  let halfMask = Words(repeating: 0xFFFF)
  let zero = Words()
  return zero.replacing(with: 1, where: (a & halfMask) .>= low)
    | zero.replacing(with: 1 << 8, where: a .>= high)
    | zero.replacing(with: 1 << 16, where: (b & halfMask) .>= low)
    | zero.replacing(with: 1 << 24, where: b .>= high)
}

/// Eight blocks of Philox4×32-10 at once; see `philox`.
@inline(__always)
func philoxLanes(
  _ counter: (Words, Words, Words, Words), key: UInt64
) -> (Words, Words, Words, Words) {
  @inline(__always)
  func product(_ a: Words, _ b: UInt64) -> (high: Words, low: Words) {
    let wide = SIMD8<UInt64>(truncatingIfNeeded: a) &* SIMD8<UInt64>(repeating: b)
    return (
      Words(truncatingIfNeeded: wide &>> SIMD8<UInt64>(repeating: 32)), Words(truncatingIfNeeded: wide)
    )
  }
  var (c0, c1, c2, c3) = counter
  var k0 = UInt32(truncatingIfNeeded: key)
  var k1 = UInt32(truncatingIfNeeded: key >> 32)
  for _ in 0..<10 {
    let a = product(c0, PhiloxConstants.multiplier0)
    let b = product(c2, PhiloxConstants.multiplier1)
    c0 = b.high ^ c1 ^ Words(repeating: k0)
    c1 = b.low
    c2 = a.high ^ c3 ^ Words(repeating: k1)
    c3 = a.low
    k0 &+= PhiloxConstants.weyl0
    k1 &+= PhiloxConstants.weyl1
  }
  return (c0, c1, c2, c3)
}
