import CZlib
import Tensors

/// Writes PNG images of 8 bits a sample, unfiltered.
enum PNGWriter {
  /// The bytes of a file that holds an image of 1 or 3 channels.
  static func bytes(_ image: Image) throws(Failure) -> [UInt8] {
    let length = image.width * image.channels
    var rows: [UInt8] = []
    rows.reserveCapacity(image.height * (length + 1))
    for start in stride(from: 0, to: image.pixels.count, by: length) {
      rows.append(0)  // no filter
      rows += image.pixels[start..<start + length]
    }
    let colour = (image.channels == 1 ? PNGHeader.Colour.grey : .rgb).rawValue
    let header = number(image.width) + number(image.height) + [8, UInt8(colour), 0, 0, 0]
    return PNGChunks.signature + chunk("IHDR", header) + chunk("IDAT", try compressed(rows)) + chunk("IEND", [])
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(type.utf8) + data
    return number(data.count) + content + number(Int(Checksum.of(content)))
  }

  /// Four bytes, the highest first.
  private static func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  /// A zlib stream (RFC 1950).
  private static func compressed(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&result, &length, bytes, UInt(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK else {
      throw .failed("out of memory")
    }
    result.removeLast(result.count - Int(length))
    return result
  }
}
