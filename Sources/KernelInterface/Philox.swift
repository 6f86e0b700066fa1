/// One block of Philox4×32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011):
/// 128 random bits that are a function of a 128-bit counter and a 64-bit key (low word first).
public func philox(
  counter: (UInt32, UInt32, UInt32, UInt32), key: UInt64
) -> (UInt32, UInt32, UInt32, UInt32) {
  var (c0, c1, c2, c3) = counter
  var k0 = UInt32(truncatingIfNeeded: key)
  var k1 = UInt32(truncatingIfNeeded: key >> 32)
  for _ in 0..<10 {
    let a = UInt64(c0) &* PhiloxConstants.multiplier0
    let b = UInt64(c2) &* PhiloxConstants.multiplier1
    (c0, c1, c2, c3) = (
      UInt32(truncatingIfNeeded: b >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: b),
      UInt32(truncatingIfNeeded: a >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: a)
    )
    k0 &+= PhiloxConstants.weyl0
    k1 &+= PhiloxConstants.weyl1
  }
  return (c0, c1, c2, c3)
}

/// The constants of Philox4×32.
public enum PhiloxConstants {
  /// Multiplies counter word 0.
  @inlinable public static var multiplier0: UInt64 { 0xD251_1F53 }
  /// Multiplies counter word 2.
  @inlinable public static var multiplier1: UInt64 { 0xCD9E_8D57 }
  /// Added to key word 0 each round: the golden ratio.
  @inlinable public static var weyl0: UInt32 { 0x9E37_79B9 }
  /// Added to key word 1 each round: √3 − 1.
  @inlinable public static var weyl1: UInt32 { 0xBB67_AE85 }
}
