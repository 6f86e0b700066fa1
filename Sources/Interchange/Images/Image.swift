import Tensors

/// An image of bytes, [height, width, channels], row-major with channels last: 1 channel is grey, 3 are red, green and
/// blue.
struct Image: Sendable {
  let height: Int
  let width: Int
  let channels: Int
  /// `height` · `width` · `channels` values.
  let pixels: [UInt8]
  /// Whether pixels were not opaque, which the values do not tell.
  var isTransparent = false

  /// More values than this, height · width · channels, are no row to learn from; it is asked before memory is.
  static let maximumCount = 1 << 27

  /// Fails when an image of a declared size would be too large, or empty.
  static func check(height: Int, width: Int, channels: Int) throws(Failure) {
    guard height > 0, width > 0 else { throw .input("the image is empty: \(height)x\(width) pixels") }
    let (area, overflow) = height.multipliedReportingOverflow(by: width)
    guard !overflow, area <= maximumCount / channels else {
      throw .input("\(height)x\(width)x\(channels) values; images of up to 2²⁷ are read")
    }
  }

  /// "28x28" or "32x32x3": the shape of a row that holds the image.
  var shape: [Int] { channels == 1 ? [height, width] : [height, width, channels] }

  /// The image in grey or in three channels; grey is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, in the
  /// 16-bit fixed point of PIL.
  func converted(channels: Int) -> Image {
    guard channels != self.channels else { return self }
    var values: [UInt8] = []
    values.reserveCapacity(height * width * channels)
    if channels == 3 {
      for value in pixels { for _ in 0..<3 { values.append(value) } }
    } else {
      for i in stride(from: 0, to: pixels.count, by: 3) {
        let (red, green, blue) = (Int(pixels[i]), Int(pixels[i + 1]), Int(pixels[i + 2]))
        values.append(UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16))
      }
    }
    return Image(height: height, width: width, channels: channels, pixels: values, isTransparent: isTransparent)
  }
}
