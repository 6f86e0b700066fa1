import struct KernelInterface.AffineMap
import struct Kernels.RandomStream
import Tensors

#if canImport(Glibc)
  import Glibc
#endif

/// What is done to one image, drawn at random: a function of the seed, the epoch and the row alone, and each part of it
/// the same whatever else is asked for.
struct Augmentation {
  /// The purposes that tell these streams of random numbers from all others of a seed.
  private enum Purpose {
    static let drawing: UInt32 = 0x6175_676d  // "augm"
    static let noise: UInt32 = 0x6175_676e
    static let mixing: UInt32 = 0x6175_676f
    static let partners: UInt32 = 0x6175_6770
  }

  var isFlipped = false
  var isFlippedVertically = false
  /// Radians, counter-clockwise as the image is seen.
  var angle = 0.0
  /// The factor on lengths.
  var factor = 1.0
  /// Pixels to the right and down.
  var shift = (x: 0.0, y: 0.0)
  var brightness: Float = 1
  var contrast: Float = 1
  var saturation: Float = 1
  /// The middle of what is cut out, as shares of width and height.
  var cut = (x: Float(0), y: Float(0))

  /// Draws for a row of an epoch.
  init(_ request: AugmentRequest, epoch: Int, row: Int) {
    var stream = Augmentation.stream(request, Purpose.drawing, epoch: epoch)
    stream.seek(to: UInt64(row) << 6)
    func uniform() -> Double { Double(stream.nextFloat()) }
    func signed() -> Double { 2 * uniform() - 1 }
    func factor(_ range: Double) -> Float {
      let low = max(0, 1 - range)
      let share = uniform()
      return range > 0 ? Float(low + (1 + range - low) * share) : 1
    }
    isFlipped = uniform() < 0.5 && request.flips
    isFlippedVertically = uniform() < 0.5 && request.flipsVertically
    angle = signed() * request.rotation * .pi / 180
    self.factor = 1 + signed() * request.scale
    shift = (signed() * request.shift, signed() * request.shift)
    shift.x += Double(stream.nextInt(below: 2 * request.crop + 1) - request.crop)
    shift.y += Double(stream.nextInt(below: 2 * request.crop + 1) - request.crop)
    // The number of words above depends on chance, although hardly ever; those below have places of their own.
    stream.seek(to: UInt64(row) << 6 + 32)
    brightness = factor(request.brightness)
    contrast = factor(request.contrast)
    saturation = factor(request.saturation)
    cut = (Float(uniform()), Float(uniform()))
  }

  /// Whether the pixels stay in their places.
  var isInPlace: Bool { !isFlipped && !isFlippedVertically && angle == 0 && factor == 1 && shift == (0, 0) }

  /// Where each pixel of the result comes from. The image is flipped, scaled and rotated around its middle, then shifted:
  /// with the middle c, place = c + F · S⁻¹ · R⁻¹ · (pixel − shift − c).
  func map(height: Int, width: Int) -> AffineMap {
    let (cx, cy) = (Double(width - 1) / 2, Double(height - 1) / 2)
    // Rows count downwards, so that this turns counter-clockwise for the eye.
    let (cosine, sine) = angle == 0 ? (1, 0) : (cos(angle), sin(angle))
    let flipX = isFlipped ? -1 : 1.0
    let flipY = isFlippedVertically ? -1 : 1.0
    let (xx, xy) = (flipX * cosine / factor, -flipX * sine / factor)
    let (yx, yy) = (flipY * sine / factor, flipY * cosine / factor)
    let (dx, dy) = (-shift.x - cx, -shift.y - cy)
    return AffineMap(
      xx: Float(xx), xy: Float(xy), x0: Float(cx + xx * dx + xy * dy), yx: Float(yx), yy: Float(yy),
      y0: Float(cy + yx * dx + yy * dy))
  }

  /// The random numbers of a row's noise.
  static func noise(_ request: AugmentRequest, epoch: Int, row: Int) -> RandomStream {
    var stream = stream(request, Purpose.noise, epoch: epoch)
    stream.seek(to: UInt64(row) << 32)
    return stream
  }

  /// The share that a row has in its blend with another, from the Beta distribution.
  static func share(_ request: AugmentRequest, alpha: Double, epoch: Int, row: Int) -> Float {
    var stream = stream(request, Purpose.mixing, epoch: epoch)
    stream.seek(to: UInt64(row) << 32)
    return Float(stream.nextBeta(alpha))
  }

  /// The row that each row is blended with: a random order of them all.
  static func partners(_ request: AugmentRequest, epoch: Int, rows: Int) -> [Int32] {
    var stream = stream(request, Purpose.partners, epoch: epoch)
    return stream.permutation(rows)
  }

  private static func stream(_ request: AugmentRequest, _ purpose: UInt32, epoch: Int) -> RandomStream {
    RandomStream(seed: UInt64(request.seed), purpose: purpose, index: UInt32(truncatingIfNeeded: epoch))
  }
}
