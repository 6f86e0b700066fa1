import KernelInterface

/// Eight 32-bit words, each in the low half of a 64-bit lane, where the processor multiplies them; the
/// high halves may hold anything.
typealias Words = SIMD8<UInt64>

extension Level {
  /// See `DropoutLevel`.
  public static func dropoutMask(
    key: UInt64, stream: (UInt32, UInt32), p: Double, rows: Range<Int>, columns: Range<Int>,
    mask: UnsafeMutablePointer<UInt8>, ld: Int
  ) {
    let threshold = UInt64(max(0, min(65536, (p * 65536).rounded())))
    let carry = Words(repeating: 65536 - threshold)
    let firstBlock = columns.lowerBound / 8
    let blocks = (columns.upperBound + 7) / 8 - firstBlock
    guard blocks > 0, threshold < 65536 else {
      for r in rows { for i in 0..<max(0, blocks * 8) { mask[r * ld + firstBlock * 8 + i] = 0 } }
      return
    }
    // Eight blocks at a time, row after row: eight lanes of (row, block).
    var row = rows.lowerBound
    var block = 0
    var remaining = rows.count * blocks
    while remaining > 0 {
      let count = min(8, remaining)
      let (startRow, startBlock) = (row, block)
      var rowLanes = Words(repeating: UInt64(row))
      var blockLanes = Words(0, 1, 2, 3, 4, 5, 6, 7) &+ Words(repeating: UInt64(block + firstBlock))
      block += 8
      if block >= blocks {
        block = startBlock
        for i in 0..<8 {
          rowLanes[i] = UInt64(row)
          blockLanes[i] = UInt64(block + firstBlock)
          block += 1
          if block == blocks {
            block = 0
            row += 1
          }
        }
      }
      let words = philoxLanes(
        (blockLanes, rowLanes, Words(repeating: UInt64(stream.0)), Words(repeating: UInt64(stream.1))),
        key: key)
      let bytes = maskBytes(words, carry)
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
    rows: Int, columns: Int, scale: Float, shift: Float, dropped: Float
  ) {
    let whole = columns / 8 * 8
    for r in 0..<rows {
      let flags = mask + r * ldMask
      let row = y + r * ldy
      var c = 0
      while c < whole {
        let kept = SIMD8<Float>(load(flags + c, as: SIMD8<UInt8>.self))
        let lanes = load(UnsafePointer(row + c), as: SIMD8<Float>.self)
        store((lanes * scale + shift).replacing(with: dropped, where: kept .== SIMD8<Float>()), row + c)
        c += 8
      }
      while c < columns {
        row[c] = flags[c] == 0 ? dropped : row[c] * scale + shift
        c += 1
      }
    }
  }
}

/// The eight mask bytes of each lane's block: 1 where a half of its words, plus 65536 − threshold, carries
/// into bit 16.
@inline(__always)
private func maskBytes(_ words: (Words, Words, Words, Words), _ carry: Words) -> Words {
  @inline(__always)
  func four(_ a: Words, _ b: Words) -> Words {
    let half = Words(repeating: 0xFFFF)
    let flag = Words(repeating: 1 << 16)
    let a0 = ((a & half) &+ carry) & flag
    let a1 = (((a &>> Words(repeating: 16)) & half) &+ carry) & flag
    let b0 = ((b & half) &+ carry) & flag
    let b1 = (((b &>> Words(repeating: 16)) & half) &+ carry) & flag
    return (a0 &>> Words(repeating: 16)) | (a1 &>> Words(repeating: 8)) | b0 | (b1 &<< Words(repeating: 8))
  }
  return four(words.0, words.1) | (four(words.2, words.3) &<< Words(repeating: 32))
}

/// Eight blocks of Philox4×32-10 at once; see `philox`.
@inline(__always)
func philoxLanes(
  _ counter: (Words, Words, Words, Words), key: UInt64
) -> (Words, Words, Words, Words) {
  let low = Words(repeating: 0xFFFF_FFFF)
  let shift = Words(repeating: 32)
  var (c0, c1, c2, c3) = counter
  var k0 = UInt32(truncatingIfNeeded: key)
  var k1 = UInt32(truncatingIfNeeded: key >> 32)
  for _ in 0..<10 {
    let a = (c0 & low) &* Words(repeating: PhiloxConstants.multiplier0)
    let b = (c2 & low) &* Words(repeating: PhiloxConstants.multiplier1)
    c0 = (b &>> shift) ^ c1 ^ Words(repeating: UInt64(k0))
    c1 = b
    c2 = (a &>> shift) ^ c3 ^ Words(repeating: UInt64(k1))
    c3 = a
    k0 &+= PhiloxConstants.weyl0
    k1 &+= PhiloxConstants.weyl1
  }
  return (c0, c1, c2, c3)
}
