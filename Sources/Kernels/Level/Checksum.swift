import KernelInterface

#if LEVEL_V3 || LEVEL_V4
  import CInstructions

  extension Level {
    /// See `ChecksumLevel`. Four sums of 16 bytes run side by side, so that products do not wait for each other (Gopal et
    /// al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009).
    public static func foldChecksum(_ bytes: UnsafeRawPointer, blocks: Int, start: UInt32) -> SIMD2<UInt64>? {
      // x^(8·64 ± 32) and x^(8·16 ± 32) modulo the polynomial, bits reflected.
      let across64 = SIMD2<Int64>(0x1_5444_2bd4, 0x1_c6e4_1596)
      let across16 = SIMD2<Int64>(0x1_7519_97d0, 0x0_ccaa_009e)
      @inline(__always) func load(_ offset: Int) -> SIMD2<Int64> {
        (bytes + offset).loadUnaligned(as: SIMD2<Int64>.self)
      }
      @inline(__always) func fold(_ sum: SIMD2<Int64>, _ factors: SIMD2<Int64>) -> SIMD2<Int64> {
        carryless_product_low(sum, factors) ^ carryless_product_high(sum, factors)
      }
      var (a, b, c, d) = (load(0) ^ SIMD2(Int64(start), 0), load(16), load(32), load(48))
      var offset = 64
      while offset < 64 * blocks {
        a = fold(a, across64) ^ load(offset)
        b = fold(b, across64) ^ load(offset + 16)
        c = fold(c, across64) ^ load(offset + 32)
        d = fold(d, across64) ^ load(offset + 48)
        offset += 64
      }
      for next in [b, c, d] { a = fold(a, across16) ^ next }
      return SIMD2(truncatingIfNeeded: a)
    }
  }
#else
  extension Level {
    /// See `ChecksumLevel`.
    public static func foldChecksum(_: UnsafeRawPointer, blocks _: Int, start _: UInt32) -> SIMD2<UInt64>? { nil }
  }
#endif
