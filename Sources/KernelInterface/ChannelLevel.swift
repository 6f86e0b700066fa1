/// Sums and affine maps by channel over positions × channels values, channels last and without padding: an image.
public protocol ChannelLevel {
  /// sums[c] = Σ x[i, c] and squares[c] = Σ x[i, c]² over the positions i, in Double.
  static func channelSums(
    x: UnsafePointer<Float>, positions: Int, channels: Int, sums: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>)

  /// y[i, c] = (x[i, c] − center[c])·scale[c] + shift[c]; y may be x.
  static func channelAffine(
    x: UnsafePointer<Float>, positions: Int, channels: Int, center: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>)

  /// sums[c] = Σ dy[i, c] and products[c] = Σ dy[i, c]·(x[i, c] − center[c]) over the positions i, in Double.
  static func channelGradientSums(
    x: UnsafePointer<Float>, dy: UnsafePointer<Float>, positions: Int, channels: Int, center: UnsafePointer<Float>,
    sums: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>)

  /// dy[i, c] = dy[i, c]·scale[c] + (x[i, c] − center[c])·slope[c] + shift[c], in place.
  static func channelGradient(
    x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>, positions: Int, channels: Int,
    center: UnsafePointer<Float>, scale: UnsafePointer<Float>, slope: UnsafePointer<Float>, shift: UnsafePointer<Float>)

  /// y[i] = x[i]·factor[(first + i) mod channels] for `count` values of an image from its value `first` on; y may be x.
  static func channelScale(
    x: UnsafePointer<Float>, first: Int, count: Int, channels: Int, factor: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>)

  /// y[i] = a[i] + b[i]; y may be a or b.
  static func sum(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, y: UnsafeMutablePointer<Float>)
}
