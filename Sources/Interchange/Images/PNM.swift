import Tensors

/// Reads the binary images of Netpbm, PGM (P5, grey) and PPM (P6, colours), of up to 8 bits a sample.
enum PNM {
  /// The image in a file. A sample is scaled to 0…255 by the file's largest value.
  static func read(_ file: OutsideFile) throws(Failure) -> Image {
    let bytes = try file.readSized("the image") { (bytes) throws(Failure) in
      do throws(Failure) { return try header(bytes)?.size } catch { throw error.at(file.name) }
    }
    do throws(Failure) { return try image(bytes) } catch { throw error.at(file.name) }
  }

  private static func image(_ bytes: Tensor) throws(Failure) -> Image {
    try bytes.withBytes { (view) throws(Failure) in
      guard let header = try header(view) else { throw .input("truncated: the header is not whole") }
      let samples = view[header.start...]
      guard let largest = samples.max(), Int(largest) <= header.largest else {
        throw .input("a value of \(samples.max() ?? 0) where the header says that \(header.largest) is the largest")
      }
      let pixels =
        header.largest == 255
        ? Array(samples) : samples.map { UInt8((Int($0) * 255 + header.largest / 2) / header.largest) }
      return Image(height: header.height, width: header.width, channels: header.channels, pixels: pixels)
    }
  }

  private struct Header {
    var channels, width, height, largest, start: Int
    var size: Int { start + width * height * channels }
  }

  /// Longer headers are not read: some have comments.
  private static let maximumHeader = 4096

  /// The header; nil when the bytes do not hold all of it.
  private static func header(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Header? {
    guard bytes.count >= 2 else { return nil }
    guard bytes[1] == UInt8(ascii: "5") || bytes[1] == UInt8(ascii: "6") else {
      let kind = String(decoding: bytes[..<2], as: UTF8.self)
      let remedy = kind == "P7" ? "; pamtopnm makes one of a PAM image" : ""
      throw .input(
        "is a Netpbm image of kind \(kind); P5 and P6 are read: binary, grey or in colours, 8 bits a sample\(remedy)")
    }
    var position = 2
    var numbers: [Int] = []
    while numbers.count < 3 {
      var number: Int?
      var isComment = false
      while true {
        guard position < maximumHeader else { throw .input("is damaged: its header does not end") }
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        position += 1
        if isComment {
          if byte != 10, byte != 13 { continue }
          isComment = false  // the end of its line is white space as elsewhere
        }
        if (0x30...0x39).contains(byte) {
          number = (number ?? 0) * 10 + Int(byte - 0x30)
          guard number ?? 0 < 1 << 31 else { throw .input("is damaged: a size of its header is too large") }
        } else if byte == UInt8(ascii: "#") {
          isComment = true
        } else {
          guard byte == 0x20 || (9...13).contains(byte) else {
            throw .input("is damaged: byte \(position - 1) of its header is no digit")
          }
          if let number {
            numbers.append(number)
            break
          }
        }
      }
    }
    let (width, height, largest) = (numbers[0], numbers[1], numbers[2])
    guard (1...255).contains(largest) else {
      throw .input("has values up to \(largest); 8 bits a sample, values up to 255, are read")
    }
    let channels = bytes[1] == UInt8(ascii: "5") ? 1 : 3
    try Image.check(height: height, width: width, channels: channels)
    return Header(channels: channels, width: width, height: height, largest: largest, start: position)
  }
}
