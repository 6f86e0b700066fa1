import KernelInterface

/// 1.5·2²³: the sum of it and a number below 2²² holds the nearest whole number in its low bits.
private let wholeNumbers: Float = 0x1.8p23

extension Level {
  /// See `ImageLevel`.
  public static func sampleImage(
    _ image: UnsafePointer<Float>, height: Int, width: Int, ld: Int, map: AffineMap, to: UnsafeMutablePointer<Float>
  ) {
    var numbers = Wide()
    for i in 0..<Wide.scalarCount { numbers[i] = Float(i) }
    let (right, bottom) = (Float(width), Float(height))
    for y in 0..<height {
      let (startX, startY) = (map.xy * Float(y) + map.x0, map.yy * Float(y) + map.y0)
      var x = 0
      while x < width {
        let columns = numbers + Wide(repeating: Float(x))
        let (column, shareX) = place(columns * map.xx + startX, end: right)
        let (row, shareY) = place(columns * map.yx + startY, end: bottom)
        // The border is at −1, which is at 0 in memory.
        let offsets = (row &+ 1) &* SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: ld)) &+ column &+ 1
        let (upper, lower) = (neighbours(image, offsets), neighbours(image + ld, offsets))
        let above = multiplyAdd(upper.evenHalf, upper.oddHalf - upper.evenHalf, shareX)
        let below = multiplyAdd(lower.evenHalf, lower.oddHalf - lower.evenHalf, shareX)
        store(multiplyAdd(above, below - above, shareY), to + y * width + x)
        x += 16
      }
    }
  }

  /// See `ImageLevel`.
  public static func roundToBytes(_ from: UnsafePointer<Float>, count: Int, to: UnsafeMutablePointer<UInt8>) {
    @inline(__always)
    func bytes(_ values: Wide) -> SIMD16<UInt8> {
      let low = values.replacing(with: 0, where: values .< 0)
      let held = low.replacing(with: 255, where: low .> 255)
      return SIMD16<UInt8>(truncatingIfNeeded: unsafeBitCast(held + wholeNumbers, to: SIMD16<Int32>.self))
    }
    var i = 0
    while i + 16 <= count {
      store(bytes(load(from + i, as: Wide.self)), to + i)
      i += 16
    }
    while i < count {
      to[i] = bytes(Wide(repeating: from[i]))[0]
      i += 1
    }
  }
}

/// The whole number below a coordinate, and how far it is from there to the next; coordinates are held to −1…end.
@inline(__always)
private func place(_ coordinate: Wide, end: Float) -> (SIMD16<Int32>, Wide) {
  let low = coordinate.replacing(with: -1, where: coordinate .< -1)
  let held = low.replacing(with: Wide(repeating: end), where: low .> end)
  let shifted = held + wholeNumbers
  let nearest = shifted - wholeNumbers
  let isAbove = nearest .> held
  let whole =
    unsafeBitCast(shifted, to: SIMD16<Int32>.self)
    &- unsafeBitCast(Wide(repeating: wholeNumbers), to: SIMD16<Int32>.self)
  let below = whole.replacing(with: whole &- 1, where: isAbove)
  return (below, held - nearest.replacing(with: nearest - 1, where: isAbove))
}

/// The values at some offsets, each with the next one behind it.
@inline(__always)
private func neighbours(_ image: UnsafePointer<Float>, _ offsets: SIMD16<Int32>) -> SIMD32<Float> {
  var pairs = SIMD16<UInt64>()
  for i in 0..<16 { pairs[i] = UnsafeRawPointer(image + Int(offsets[i])).loadUnaligned(as: UInt64.self) }
  return unsafeBitCast(pairs, to: SIMD32<Float>.self)
}
