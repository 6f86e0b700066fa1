import Tensors

/// Images of one shape side by side, as a contact sheet has them.
enum Sheet {
  /// Between images is white: most have a dark background, and straight lines stand out from weights of any pattern.
  private static let gapValue: UInt8 = 255

  /// The sheet of some images, row by row; nil columns make it about as many images wide as high.
  static func image(_ images: [Image], columns: Int?, zoom: Int) throws(Failure) -> Image {
    guard let first = images.first else { throw .input("no images to show") }
    let columns = min(columns ?? Int(Double(images.count).squareRoot().rounded(.up)), images.count)
    let rows = (images.count + columns - 1) / columns
    let gap = max(1, zoom / 2)
    let (cellHeight, cellWidth) = (first.height * zoom + gap, first.width * zoom + gap)
    let (height, width, channels) = (rows * cellHeight - gap, columns * cellWidth - gap, first.channels)
    guard height <= Image.maximumCount / (width * channels) else {
      throw .input(
        "\(images.count) images make a picture of \(height)x\(width) pixels, more than \(Image.maximumCount) values; "
          + "show fewer: nn-split --take 100")
    }
    var pixels = [UInt8](repeating: gapValue, count: height * width * channels)
    for (number, image) in images.enumerated() {
      let corner = (number / columns * cellHeight * width + number % columns * cellWidth) * channels
      for y in 0..<image.height * zoom {
        let line = corner + y * width * channels
        for x in 0..<image.width * zoom {
          for c in 0..<channels {
            pixels[line + x * channels + c] = image.pixels[(y / zoom * image.width + x / zoom) * channels + c]
          }
        }
      }
    }
    return Image(height: height, width: width, channels: channels, pixels: pixels)
  }
}
