import KernelInterface

#if LEVEL_V4
  import CInstructions

  extension Level {
    /// See `ByteProductLevel`.
    public static var multipliesBytes: Bool { true }

    /// See `ByteProductLevel`.
    public static func packBytes(
      _ x: UnsafePointer<Float>, ldx: Int, rows: Int, groups: Range<Int>, columns: Int,
      to packed: UnsafeMutablePointer<UInt32>, ld: Int
    ) {
      for group in groups {
        for c in stride(from: 0, to: columns, by: panelWidth) {
          var words = FourBytes()
          for i in 0..<min(4, rows - 4 * group) {
            // Added to 1.5·2²³, a small whole number is the last bits of the sum.
            let sum = load(x + (4 * group + i) * ldx + c, as: Wide.self) + Wide(repeating: 12_582_912)
            words |= (unsafeBitCast(sum, to: FourBytes.self) & 0xff) &<< UInt32(8 * i)
          }
          store(words, packed + group * ld + c)
        }
      }
    }

    /// See `ByteProductLevel`. As `denseWeightGradient`, with four products for each of its one.
    public static func addByteProducts(
      _ packed: UnsafePointer<UInt32>, ld: Int, groups: Int, columns: Int, panels: Range<Int>, totalColumns: Int,
      to sums: UnsafeMutablePointer<Int32>
    ) {
      let depthLimit = 128
      let panel = UnsafeMutablePointer<UInt32>.allocate(capacity: depthLimit * panelWidth)
      defer { panel.deallocate() }
      (0..<groups).forEachPart(atMost: depthLimit) { first, depth in
        for p in panels {
          let from = packed + first * ld
          for g in 0..<depth {
            // From −128…127 to 0…255: the instruction multiplies unsigned bytes by signed ones.
            let words = load(from + g * ld + p * panelWidth, as: FourBytes.self)
            store(words ^ FourBytes(repeating: 0x8080_8080), panel + g * panelWidth)
          }
          let out = sums + p * totalColumns * panelWidth
          let whole = columns / 12 * 12
          for k in stride(from: 0, to: whole, by: 12) {
            addBlock(ByteBlock<12>.self, from + k, ld, panel, depth, out + k * panelWidth)
          }
          for k in whole..<columns { addBlock(ByteBlock<1>.self, from + k, ld, panel, depth, out + k * panelWidth) }
        }
      }
    }
  }

  private typealias FourBytes = SIMD16<UInt32>
  private typealias ByteBlock<let R: Int> = InlineArray<R, SIMD8<Int64>>

  /// sums[r] += Σ_g x[g, r]·panel[g], for the R columns of a block.
  @inline(__always)
  private func addBlock<let R: Int>(
    _: ByteBlock<R>.Type, _ x: UnsafePointer<UInt32>, _ ld: Int, _ panel: UnsafePointer<UInt32>, _ groups: Int,
    _ sums: UnsafeMutablePointer<Int32>
  ) {
    var lanes = ByteBlock<R>(repeating: SIMD8())
    for r in 0..<R {
      lanes[r] = unsafeBitCast(load(sums + r * panelWidth, as: SIMD16<Int32>.self), to: SIMD8<Int64>.self)
    }
    for g in 0..<groups {
      let bytes = unsafeBitCast(load(panel + g * panelWidth, as: FourBytes.self), to: SIMD8<Int64>.self)
      for r in 0..<R {
        let factors = unsafeBitCast(FourBytes(repeating: x[g * ld + r]), to: SIMD8<Int64>.self)
        lanes[r] = add_byte_products(lanes[r], bytes, factors)
      }
    }
    for r in 0..<R { store(unsafeBitCast(lanes[r], to: SIMD16<Int32>.self), sums + r * panelWidth) }
  }
#else
  extension Level {
    /// See `ByteProductLevel`.
    public static var multipliesBytes: Bool { false }

    /// See `ByteProductLevel`; not of this level.
    public static func packBytes(
      _: UnsafePointer<Float>, ldx _: Int, rows _: Int, groups _: Range<Int>, columns _: Int,
      to _: UnsafeMutablePointer<UInt32>, ld _: Int
    ) {}

    /// See `ByteProductLevel`; not of this level.
    public static func addByteProducts(
      _: UnsafePointer<UInt32>, ld _: Int, groups _: Int, columns _: Int, panels _: Range<Int>, totalColumns _: Int,
      to _: UnsafeMutablePointer<Int32>
    ) {}
  }
#endif
