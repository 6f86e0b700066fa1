/// A map of the plane: (x, y) ↦ (xx·x + xy·y + x0, yx·x + yy·y + y0).
public struct AffineMap: Equatable, Sendable {
  /// What x becomes.
  public var xx, xy, x0: Float
  /// What y becomes.
  public var yx, yy, y0: Float

  /// A map of these coefficients.
  public init(xx: Float, xy: Float, x0: Float, yx: Float, yy: Float, y0: Float) {
    (self.xx, self.xy, self.x0, self.yx, self.yy, self.y0) = (xx, xy, x0, yx, yy, y0)
  }
}

/// Images, a channel at a time.
public protocol ImageLevel {
  /// to[y, x] = image(map(x, y)), the bilinear interpolation between the four pixels around the place, which are at whole
  /// coordinates from 0. What is beyond the border is the border.
  ///
  /// - Parameters:
  ///   - image: [height + 3, ld] with ld ≥ width + 3: pixel (x, y) is at [y + 1, x + 1], and around the pixels, one wide
  ///     to the left and above, two wide to the right and below, is the border, which should hold one value.
  ///   - height, width: sizes below 2²⁰.
  ///   - to: [height, width], and 15 more elements that may be written.
  static func sampleImage(
    _ image: UnsafePointer<Float>, height: Int, width: Int, ld: Int, map: AffineMap, to: UnsafeMutablePointer<Float>)

  /// Bytes of finite numbers: rounded to the nearest whole number, of two as near the even one, and held to 0…255.
  static func roundToBytes(_ from: UnsafePointer<Float>, count: Int, to: UnsafeMutablePointer<UInt8>)
}
