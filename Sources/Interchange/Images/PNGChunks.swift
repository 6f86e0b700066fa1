import Tensors

/// The chunks of a PNG image, one after the other, each held to its checksum.
struct PNGChunks {
  /// What every PNG image begins with.
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  private let bytes: UnsafeRawBufferPointer
  private var position = 8

  /// The chunks of an image.
  init(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    guard bytes.starts(with: PNGChunks.signature) else {
      throw .input("is damaged: its first bytes are not those of PNG")
    }
    self.bytes = bytes
  }

  /// Whether all bytes have been read.
  var isAtEnd: Bool { position == bytes.count }

  /// The next chunk: its type and the place of its data.
  mutating func next() throws(Failure) -> (type: String, data: Range<Int>) {
    guard bytes.count - position >= 12 else { throw .input("truncated: the PNG image ends before its last chunk") }
    let length = number(position)
    let letters = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 8])
    guard letters.allSatisfy({ (0x41...0x5a).contains($0 & 0xdf) }) else {
      throw .input("is damaged: no PNG chunk begins at byte \(position)")
    }
    let type = String(decoding: letters, as: UTF8.self)
    guard bytes.count - position - 12 >= length else {
      throw .input("truncated: the PNG chunk \(type) has \(bytes.count - position - 12) of \(length) bytes")
    }
    let data = position + 8..<position + 8 + length
    let checksum = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[position + 4..<data.upperBound]))
    guard checksum == UInt(number(data.upperBound)) else {
      throw .input("is damaged: checksum mismatch in the PNG chunk \(type)")
    }
    position = data.upperBound + 4
    return (type, data)
  }

  private func number(_ offset: Int) -> Int {
    Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}
