import KernelInterface

/// The vector that element-wise loops work on; wider than a register is split by the compiler.
#if LEVEL_V4
  typealias Lanes = SIMD16<Float>
  typealias LaneBits = SIMD16<Int32>
  typealias LaneMask = SIMDMask<SIMD16<Int32>>
#else
  typealias Lanes = SIMD8<Float>
  typealias LaneBits = SIMD8<Int32>
  typealias LaneMask = SIMDMask<SIMD8<Int32>>
#endif

/// One row of a panel: 16 lanes on every level.
typealias Wide = SIMD16<Float>

/// a·b + sum, fused where the level has FMA (without it, addingProduct would call libm).
@inline(__always)
func multiplyAdd(_ sum: Wide, _ a: Wide, _ b: Wide) -> Wide {
  #if LEVEL_V2
    sum + a * b
  #else
    sum.addingProduct(a, b)
  #endif
}

#if !LEVEL_V4
  @inline(__always)
  func multiplyAdd(_ sum: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
    #if LEVEL_V2
      sum + a * b
    #else
      sum.addingProduct(a, b)
    #endif
  }
#endif

@inline(__always)
func multiplyAdd(_ sum: Lanes, _ a: Lanes, _ b: Float) -> Lanes { multiplyAdd(sum, a, Lanes(repeating: b)) }

/// A vector from memory of any alignment.
@inline(__always)
func load<Vector: SIMD>(_ p: UnsafePointer<Vector.Scalar>, as type: Vector.Type) -> Vector {
  UnsafeRawPointer(p).loadUnaligned(as: type)
}

@inline(__always)
func load(_ p: UnsafePointer<Float>) -> Lanes { UnsafeRawPointer(p).loadUnaligned(as: Lanes.self) }

@inline(__always)
func load(_ p: UnsafeMutablePointer<Float>) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}

/// Stores a vector to memory of any alignment.
@inline(__always)
func store<Vector: SIMD>(_ v: Vector, _ p: UnsafeMutablePointer<Vector.Scalar>) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: Vector.self)
}

/// The first `count` lanes from memory, the others `fill`.
@inline(__always)
func loadFirst(_ count: Int, _ p: UnsafePointer<Float>, fill: Float = 0) -> Lanes {
  var v = Lanes(repeating: fill)
  for i in 0..<min(count, Lanes.scalarCount) { v[i] = p[i] }
  return v
}

/// Stores the first `count` lanes.
@inline(__always)
func storeFirst(_ count: Int, _ v: Lanes, _ p: UnsafeMutablePointer<Float>) {
  for i in 0..<min(count, Lanes.scalarCount) { p[i] = v[i] }
}

/// The numbers 0, 1, 2, … in the lanes.
@inline(__always)
func laneNumbers() -> LaneBits {
  var v = LaneBits()
  for i in 0..<LaneBits.scalarCount { v[i] = Int32(truncatingIfNeeded: i) }
  return v
}

/// Keeps the first `count` lanes and puts `fill` in the others.
@inline(__always)
func keepFirst(_ count: Int, _ v: Lanes, fill: Float = 0) -> Lanes {
  v.replacing(
    with: fill, where: laneNumbers() .>= LaneBits(repeating: Int32(truncatingIfNeeded: count)))
}

/// Keeps the first `count` of eight lanes and puts 0 in the others.
@inline(__always)
func keepFirst8(_ count: Int, _ v: SIMD8<Float>) -> SIMD8<Float> {
  let numbers = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
  return v.replacing(with: 0, where: numbers .>= SIMD8(repeating: Int32(truncatingIfNeeded: count)))
}

@inline(__always)
func bits(_ v: Lanes) -> LaneBits { unsafeBitCast(v, to: LaneBits.self) }

@inline(__always)
func lanes(_ v: LaneBits) -> Lanes { unsafeBitCast(v, to: Lanes.self) }

@inline(__always)
func magnitude(_ v: Lanes) -> Lanes { lanes(bits(v) & LaneBits(repeating: 0x7FFF_FFFF)) }

/// The larger of two vectors' lanes; where `a` is NaN the result is NaN.
@inline(__always)
func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: a .< b) }

/// The smaller of two vectors' lanes; where `a` is NaN the result is NaN.
@inline(__always)
func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: a .> b) }

/// The sum of all lanes, by halves.
@inline(__always)
func horizontalSum(_ v: SIMD8<Float>) -> Float {
  let four = v.lowHalf + v.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

@inline(__always)
func horizontalSum(_ v: SIMD16<Float>) -> Float { horizontalSum(v.lowHalf + v.highHalf) }

@inline(__always)
func horizontalSum(_ v: SIMD8<Double>) -> Double {
  let four = v.lowHalf + v.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// The largest lane, by halves.
@inline(__always)
func horizontalMax(_ v: SIMD8<Float>) -> Float {
  let four = v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf)
  let two = four.lowHalf.replacing(with: four.highHalf, where: four.lowHalf .< four.highHalf)
  return two.x < two.y ? two.y : two.x
}

@inline(__always)
func horizontalMax(_ v: SIMD16<Float>) -> Float {
  horizontalMax(v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf))
}

/// A vector's lanes in Double, as sums of eight (SIMD16 is folded).
@inline(__always)
func doubles(_ v: SIMD8<Float>) -> SIMD8<Double> { SIMD8<Double>(v) }

@inline(__always)
func doubles(_ v: SIMD16<Float>) -> SIMD8<Double> { SIMD8<Double>(v.lowHalf) + SIMD8<Double>(v.highHalf) }

/// −1, 0 or 1; NaN stays.
@inline(__always)
func sign(_ x: Lanes) -> Lanes {
  x.replacing(with: 1, where: x .> Lanes()).replacing(with: -1, where: x .< Lanes())
}
