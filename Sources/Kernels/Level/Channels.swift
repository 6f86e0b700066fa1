import KernelInterface

extension Level {
  /// See `ChannelLevel`.
  public static func channelSums(
    x: UnsafePointer<Float>, positions: Int, channels: Int, sums: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>
  ) {
    for c in stride(from: 0, to: channels, by: panelWidth) {
      let count = channels - c
      var (sum, square) = (WideDouble(), WideDouble())
      for i in 0..<positions {
        let v = WideDouble(loadPart(count, x + i * channels + c))
        sum.add(v)
        square.add(v, times: v)
      }
      sum.store(count, sums + c)
      square.store(count, squares + c)
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
    for c in stride(from: 0, to: channels, by: panelWidth) {
      let count = channels - c
      let middle = load(center + c, as: Wide.self)
      var (sum, product) = (WideDouble(), WideDouble())
      for i in 0..<positions {
        let slope = WideDouble(loadPart(count, dy + i * channels + c))
        sum.add(slope)
        product.add(slope, times: WideDouble(loadPart(count, x + i * channels + c) - middle))
      }
      sum.store(count, sums + c)
      product.store(count, products + c)
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

/// 16 lanes in Double.
private struct WideDouble {
  private var low = SIMD8<Double>()
  private var high = SIMD8<Double>()

  @inline(__always)
  init() {}

  @inline(__always)
  init(_ v: Wide) { (low, high) = (SIMD8<Double>(v.lowHalf), SIMD8<Double>(v.highHalf)) }

  @inline(__always)
  mutating func add(_ other: WideDouble) {
    low += other.low
    high += other.high
  }

  @inline(__always)
  mutating func add(_ other: WideDouble, times factor: WideDouble) {
    low += other.low * factor.low
    high += other.high * factor.high
  }

  /// Stores the first `count` lanes, all from 16 on.
  @inline(__always)
  func store(_ count: Int, _ p: UnsafeMutablePointer<Double>) {
    for i in 0..<min(8, count) { p[i] = low[i] }
    for i in 8..<max(8, min(16, count)) { p[i] = high[i - 8] }
  }
}
