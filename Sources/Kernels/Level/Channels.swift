import KernelInterface

extension Level {
  /// See `ChannelLevel`.
  public static func channelSums(
    x: UnsafePointer<Float>, positions: Int, channels: Int, sums: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>
  ) {
    forEachEightChannels(channels) { c, count in
      var (sum, square) = (SIMD8<Double>(), SIMD8<Double>())
      var at = x + c
      for _ in 0..<positions {
        let v = SIMD8<Double>(loadPart8(count, at))
        sum += v
        square += v * v
        at += channels
      }
      storePart8(count, sum, sums + c)
      storePart8(count, square, squares + c)
    }
  }

  /// See `ChannelLevel`.
  public static func channelAffine(
    x: UnsafePointer<Float>, positions: Int, channels: Int, center: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>
  ) {
    for c in stride(from: 0, to: channels, by: panelWidth) {
      let count = channels - c
      let (middle, factor) = (load(center + c, as: Wide.self), load(scale + c, as: Wide.self))
      let offset = load(shift + c, as: Wide.self)
      for i in 0..<positions {
        let at = i * channels + c
        storeLanes(count, multiplyAdd(offset, loadPart(count, x + at) - middle, factor), y + at)
      }
    }
  }

  /// See `ChannelLevel`.
  public static func channelGradientSums(
    x: UnsafePointer<Float>, dy: UnsafePointer<Float>, positions: Int, channels: Int, center: UnsafePointer<Float>,
    sums: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>
  ) {
    forEachEightChannels(channels) { c, count in
      let middle = load(center + c, as: SIMD8<Float>.self)
      var (sum, product) = (SIMD8<Double>(), SIMD8<Double>())
      for i in 0..<positions {
        let slope = SIMD8<Double>(loadPart8(count, dy + i * channels + c))
        sum += slope
        product += slope * SIMD8<Double>(loadPart8(count, x + i * channels + c) - middle)
      }
      storePart8(count, sum, sums + c)
      storePart8(count, product, products + c)
    }
  }

  /// See `ChannelLevel`.
  public static func channelGradient(
    x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>, positions: Int, channels: Int,
    center: UnsafePointer<Float>, scale: UnsafePointer<Float>, slope: UnsafePointer<Float>, shift: UnsafePointer<Float>
  ) {
    for c in stride(from: 0, to: channels, by: panelWidth) {
      let count = channels - c
      let (middle, factor) = (load(center + c, as: Wide.self), load(scale + c, as: Wide.self))
      let (steepness, offset) = (load(slope + c, as: Wide.self), load(shift + c, as: Wide.self))
      for i in 0..<positions {
        let at = i * channels + c
        let straight = multiplyAdd(offset, loadPart(count, UnsafePointer(dy) + at), factor)
        storeLanes(count, multiplyAdd(straight, loadPart(count, x + at) - middle, steepness), dy + at)
      }
    }
  }

  /// See `ChannelLevel`.
  public static func channelScale(
    x: UnsafePointer<Float>, first: Int, count: Int, channels: Int, factor: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>
  ) {
    var c = first % channels
    for i in 0..<count {
      y[i] = x[i] * factor[c]
      c = c + 1 == channels ? 0 : c + 1
    }
  }

  /// See `ChannelLevel`.
  public static func sum(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, y: UnsafeMutablePointer<Float>
  ) {
    for i in stride(from: 0, to: count, by: panelWidth) {
      storeLanes(count - i, loadPart(count - i, a + i) + loadPart(count - i, b + i), y + i)
    }
  }
}

/// Calls body for each eight channels, with the number of channels that are left.
@inline(__always)
private func forEachEightChannels(_ channels: Int, _ body: (_ c: Int, _ count: Int) -> Void) {
  for c in stride(from: 0, to: channels, by: 8) { body(c, channels - c) }
}

/// The first `count` of eight lanes from memory, the others 0.
@inline(__always)
private func loadPart8(_ count: Int, _ p: UnsafePointer<Float>) -> SIMD8<Float> {
  if count >= 8 { return load(p, as: SIMD8<Float>.self) }
  var v = SIMD8<Float>()
  for i in 0..<count { v[i] = p[i] }
  return v
}

/// Stores the first `count` of eight lanes.
@inline(__always)
private func storePart8(_ count: Int, _ v: SIMD8<Double>, _ p: UnsafeMutablePointer<Double>) {
  if count >= 8 { store(v, p) } else { for i in 0..<count { p[i] = v[i] } }
}
