import Tensors

/// How images are to be brought to one size and one number of channels.
public struct ImageSettings: Sendable {
  /// The size that images are cut and resized to, height and width; nil takes them as they are.
  public var size: [Int]?
  /// 1 for grey, 3 for red, green and blue; nil takes images as they are.
  public var channels: Int?

  /// The defaults.
  public init() {}

  /// "32x32" is height and width; "32" is both.
  public static func parse(size text: String) throws(Failure) -> [Int] {
    let shape = try Shape.parse(text)
    guard shape.count <= 2 else {
      throw .usage("height and width are due, such as 32x32; --channels gives the channels")
    }
    let size = shape.count == 1 ? [shape[0], shape[0]] : shape
    do throws(Failure) { try Image.check(height: size[0], width: size[1], channels: 3) } catch {
      throw .usage(error.message)
    }
    return size
  }

  /// Whether options were given that only images have a use for.
  var isForImages: Bool { size != nil || channels != nil }

  func apply(to image: Image) -> Image {
    // Fewer channels first, so that less is resized; PIL's order makes the same but for rounding.
    let image = channels.map { image.converted(channels: $0) } ?? image
    guard let size, size != [image.height, image.width] else { return image }
    return image.fitted(height: size[0], width: size[1])
  }
}
