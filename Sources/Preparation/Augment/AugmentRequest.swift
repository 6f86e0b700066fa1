import Tensors

/// What is to be done to images at random. A value of 0 leaves out what it is for.
public struct AugmentRequest: Sendable {
  /// Mirrored left to right, with probability 1/2.
  public var flips = false
  /// Mirrored top to bottom, with probability 1/2.
  public var flipsVertically = false
  /// The largest angle, in degrees, of a rotation to either side.
  public var rotation = 0.0
  /// The largest shift, in pixels, in each direction.
  public var shift = 0.0
  /// The largest change of size: the factor is from 1 − scale to 1 + scale.
  public var scale = 0.0
  /// The largest shift by whole pixels: what a random crop of the image's size is after padding by as many.
  public var crop = 0
  /// The factor on all values is from 1 − brightness, but not below 0, to 1 + brightness.
  public var brightness = 0.0
  /// The factor on the difference from the mean grey, likewise.
  public var contrast = 0.0
  /// The factor on the difference from a pixel's grey, likewise.
  public var saturation = 0.0
  /// The standard deviation of a normal number that is added to each value.
  public var noise = 0.0
  /// The side of a square that is filled, its middle anywhere in the image.
  public var cutout = 0
  /// α of the Beta distribution of the share with which a row is blended with another; nil blends none.
  public var mixup: Double?
  /// The value beyond the border of an image, and of what is cut out.
  public var fill = 0.0
  /// The shape of flat rows.
  public var shape: ImageShape?
  /// The key of all random numbers.
  public var seed = 0

  /// Nothing.
  public init() {}

  /// Whether nothing is asked for.
  public var isEmpty: Bool {
    !flips && !flipsVertically && crop == 0 && cutout == 0 && mixup == nil
      && [rotation, shift, scale, brightness, contrast, saturation, noise].allSatisfy { $0 == 0 }
  }
}
