import Tensors

/// Reads PNG images (ISO/IEC 15948): grey, with a palette or in colours, of up to 8 bits a sample, not interlaced.
/// Opacity is left out.
enum PNG {
  /// The image in a file.
  static func read(_ file: OutsideFile) throws(Failure) -> Image {
    let bytes = try file.readAll()
    do throws(Failure) {
      return try bytes.withBytes { (view) throws(Failure) in try image(bytes, view) }
    } catch {
      throw error.at(file.name)
    }
  }

  /// What the chunks hold that pixels are made of.
  private struct Parts {
    var palette: [UInt8]?
    /// The opacity of the palette's colours, or of one colour (any byte below 255 stands for it).
    var opacity: [UInt8] = []
    /// Where the compressed data is.
    var data: [Range<Int>] = []
  }

  private static func image(_ bytes: Tensor, _ view: UnsafeRawBufferPointer) throws(Failure) -> Image {
    var chunks = try PNGChunks(view)
    let first = try chunks.next()
    guard first.type == "IHDR" else { throw .input("is damaged: the PNG header is missing") }
    let header = try PNGHeader(UnsafeRawBufferPointer(rebasing: view[first.data]))
    let parts = try self.parts(&chunks, view, header)
    let filtered = try inflate(bytes, parts.data, count: header.filteredBytes)
    return try image(header, filtered, palette: parts.palette ?? [], opacity: parts.opacity)
  }

  private static func parts(
    _ chunks: inout PNGChunks, _ view: UnsafeRawBufferPointer, _ header: PNGHeader
  ) throws(Failure) -> Parts {
    var parts = Parts()
    var last = ""
    while last != "IEND" {
      let (type, place) = try chunks.next()
      switch type {
      case "PLTE":
        guard parts.palette == nil, parts.data.isEmpty, place.count % 3 == 0, (3...768).contains(place.count) else {
          throw .input("is damaged: its palette of \(place.count) bytes is not what PNG asks for")
        }
        parts.palette = Array(view[place])
      case "tRNS" where header.colour == .palette: parts.opacity = Array(view[place])
      case "tRNS": parts.opacity = [0]
      case "IDAT":
        guard parts.data.isEmpty || last == type else { throw .input("is damaged: its data is in two places") }
        parts.data.append(place)
      case "IEND": break
      default:
        // The case of the first letter tells whether an image can be understood without the chunk.
        guard type.utf8.first.map({ $0 & 0x20 != 0 }) == true else {
          throw .input("needs the PNG chunk \(type), which is unknown or in a wrong place")
        }
      }
      last = type
    }
    guard chunks.isAtEnd else { throw .input("more bytes follow the end of the PNG image") }
    guard parts.palette != nil || header.colour != .palette else { throw .input("is damaged: its palette is missing") }
    return parts
  }

  /// The filtered rows: exactly as many bytes as the header says, and none that the data could never be inflated to.
  private static func inflate(_ bytes: Tensor, _ places: [Range<Int>], count: Int) throws(Failure) -> [UInt8] {
    let compressed = places.reduce(0) { $0 + $1.count }
    // Deflate makes at most 1032 bytes of one.
    guard count / 1032 <= compressed else {
      throw .input("is damaged: \(compressed) bytes of data cannot hold the \(count) of its pixels")
    }
    var rest = places[...]
    let inflater = try Inflater(.zlib, name: "IDAT") { () throws(Failure) in
      while let place = rest.popFirst() { if !place.isEmpty { return bytes[rows: place] } }
      return bytes[rows: 0..<0]
    }
    let filtered = GrowingBytes()
    // One byte more than is due is asked for, so that data which goes on is seen and ends there.
    try filtered.fill(upTo: count + 1) { (buffer) throws(Failure) in try inflater.read(into: buffer) }
    guard filtered.count >= count else { throw .input("is damaged: the data ends before its last pixel") }
    guard filtered.count == count, inflater.hasTakenAll, rest.allSatisfy(\.isEmpty) else {
      throw .input("is damaged: the data goes on behind its last pixel")
    }
    return filtered.withBytes { Array($0) }
  }

  /// The image of filtered rows; `opacity` is that of the palette's first colours.
  static func image(
    _ header: PNGHeader, _ filtered: [UInt8], palette: [UInt8], opacity: [UInt8]
  ) throws(Failure) -> Image {
    var rows = filtered
    try PNGFilter.undo(&rows, header)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(header.height * header.width * header.channels)
    var isTransparent = opacity.contains { $0 < 255 }
    let colours = palette.count / 3
    let (depth, scale) = (header.depth, 255 / ((1 << header.depth) - 1))
    for row in 0..<header.height {
      let start = row * (header.rowBytes + 1) + 1
      let line = rows[start..<start + header.rowBytes]
      switch header.colour {
      case .rgb: pixels += line
      case .grey where depth == 8: pixels += line
      case .grey, .palette:
        for x in 0..<header.width {
          // The leftmost pixel of a byte is in its highest bits.
          let bit = x * depth
          let sample = Int(line[start + bit / 8]) >> (8 - depth - bit % 8) & ((1 << depth) - 1)
          if header.colour == .grey {
            pixels.append(UInt8(sample * scale))
          } else {
            guard sample < colours else {
              throw .input("is damaged: a pixel has colour \(sample) of a palette of \(colours)")
            }
            pixels += palette[3 * sample..<3 * sample + 3]
          }
        }
      case .greyAlpha, .rgbAlpha:
        let samples = header.colour.samples
        for x in stride(from: start, to: start + header.rowBytes, by: samples) {
          pixels += line[x..<x + samples - 1]
          if line[x + samples - 1] < 255 { isTransparent = true }
        }
      }
    }
    return Image(
      height: header.height, width: header.width, channels: header.channels, pixels: pixels,
      isTransparent: isTransparent)
  }
}
