import Tensors

/// The IHDR chunk of a PNG image: what the size of everything else follows from.
struct PNGHeader {
  /// What the samples of a pixel are.
  enum Colour: Int {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgbAlpha = 6

    /// Samples a pixel.
    var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgbAlpha: 4
      }
    }
  }

  let width: Int
  let height: Int
  /// Bits a sample.
  let depth: Int
  let colour: Colour

  /// Channels of the image that is made: those of the samples, without opacity, and three of a palette.
  var channels: Int { colour == .grey || colour == .greyAlpha ? 1 : 3 }
  /// Bytes of a row of pixels.
  var rowBytes: Int { (width * colour.samples * depth + 7) / 8 }
  /// Bytes from a sample to that of the pixel to its left, as the filters count.
  var pixelBytes: Int { max(1, colour.samples * depth / 8) }
  /// Bytes of all rows, each led by the number of its filter: what the compressed data must come to.
  var filteredBytes: Int { height * (rowBytes + 1) }

  /// The header in the 13 bytes of its chunk. What is not read is refused by its name.
  init(_ data: UnsafeRawBufferPointer) throws(Failure) {
    guard data.count == 13 else { throw .input("the PNG header has \(data.count) bytes; 13 are due") }
    func size(_ offset: Int) -> Int {
      Int(UInt32(bigEndian: data.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    (width, height, depth) = (size(0), size(4), Int(data[8]))
    guard let colour = Colour(rawValue: Int(data[9])) else { throw .input("PNG colour type \(data[9]) is unknown") }
    self.colour = colour
    guard data[10] == 0, data[11] == 0, data[12] <= 1 else {
      throw .input(
        "PNG methods \(data[10]), \(data[11]), \(data[12]) of compression, filters and interlacing are unknown")
    }
    switch (depth, colour) {
    case (8, _), (1, .grey), (2, .grey), (4, .grey), (1, .palette), (2, .palette), (4, .palette): break
    case (16, _) where colour != .palette:
      throw .input("has 16 bits a sample; 8 are read: convert it with a program for images")
    default: throw .input("PNG images of colour type \(data[9]) have no \(depth) bits a sample")
    }
    guard data[12] == 0 else { throw .input("is interlaced; save it without interlacing") }
    try Image.check(height: height, width: width, channels: max(channels, colour.samples))
  }
}
