import Tensors

/// The entries of a zip archive (PKWARE APPNOTE 6.3), stored or deflated, with the 64-bit extension.
///
/// The central directory at the end says what there is; nothing is allocated by the sizes it declares.
struct ZIPReader {
  /// One file in the archive.
  struct Entry {
    var name: String
    var method: Int
    var checksum: UInt
    var compressedSize: Int
    var size: Int
    var headerOffset: Int
    var isEncrypted: Bool
  }

  /// The entries in the order of the directory.
  let entries: [Entry]
  private let bytes: Tensor
  private let place: String

  /// The directory of an archive that is `bytes` (U8).
  init(_ bytes: Tensor, place: String) throws(Failure) {
    self.bytes = bytes
    self.place = place
    entries = try bytes.withBytes { (bytes) throws(Failure) in
      try ZIPReader.directory(Fields(bytes: bytes, place: place))
    }
  }

  /// The bytes of an entry, checked against its size and checksum.
  func contents(of entry: Entry) throws(Failure) -> Tensor {
    let place = "\(place): \(entry.name.onOneLine)"
    guard !entry.isEncrypted else { throw .input("\(place): is encrypted") }
    let start = try bytes.withBytes { (bytes) throws(Failure) in
      let fields = Fields(bytes: bytes, place: place)
      guard try fields.number(entry.headerOffset, 4) == 0x0403_4b50 else { throw fields.corrupt }
      return try fields.sum(
        entry.headerOffset, 30, fields.number(entry.headerOffset + 26, 2), fields.number(entry.headerOffset + 28, 2))
    }
    let (end, overflow) = start.addingReportingOverflow(entry.compressedSize)
    guard !overflow, end <= bytes.count else { throw .input("\(place): truncated") }
    let stored = bytes[rows: start..<end]
    let result: Tensor
    switch entry.method {
    case 0: result = stored
    case 8:
      var rest = stored
      let inflater = try Inflater(.none, name: place) { () throws(Failure) in
        defer { rest = rest[rows: rest.count..<rest.count] }
        return rest
      }
      let grown = GrowingBytes()
      // One byte more than declared is asked for, so that a bomb is seen and ends there.
      try grown.fill(upTo: entry.size &+ 1 > 0 ? entry.size + 1 : entry.size) { (buffer) throws(Failure) in
        try inflater.read(into: buffer)
      }
      result = grown.finish(type: .uint8, shape: [grown.count])
    default: throw .input("\(place): zip method \(entry.method); stored and deflated entries are read")
    }
    guard result.count == entry.size else {
      throw .input("\(place): \(result.count) bytes where the archive declares \(entry.size)")
    }
    guard result.checksum() == entry.checksum else { throw .input("\(place): checksum mismatch: the data is corrupt") }
    return result
  }

  /// Little-endian numbers at places that may lie outside the bytes.
  private struct Fields {
    let bytes: UnsafeRawBufferPointer
    let place: String

    var corrupt: Failure { .input("\(place): the zip archive is corrupt or truncated") }

    func number(_ offset: Int, _ width: Int) throws(Failure) -> Int {
      guard offset >= 0, offset <= bytes.count - width else { throw corrupt }
      let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
      guard let number = Int(exactly: value) else { throw corrupt }
      return number
    }

    func sum(_ terms: Int...) throws(Failure) -> Int {
      var total = 0
      for term in terms {
        let (sum, overflow) = total.addingReportingOverflow(term)
        guard !overflow else { throw corrupt }
        total = sum
      }
      return total
    }
  }

  private static func directory(_ fields: Fields) throws(Failure) -> [Entry] {
    let end = try endRecord(fields)
    var count = try fields.number(end + 10, 2)
    var offset = try fields.number(end + 16, 4)
    if count == 0xffff || offset == 0xffff_ffff, end >= 20, try fields.number(end - 20, 4) == 0x0706_4b50 {
      let record = try fields.number(end - 12, 8)
      guard try fields.number(record, 4) == 0x0606_4b50 else { throw fields.corrupt }
      count = try fields.number(try fields.sum(record, 32), 8)
      offset = try fields.number(try fields.sum(record, 48), 8)
    }
    var entries: [Entry] = []
    var names: Set<String> = []
    while entries.count < count {
      guard try fields.number(offset, 4) == 0x0201_4b50 else { throw fields.corrupt }
      let nameLength = try fields.number(offset + 28, 2)
      let extraLength = try fields.number(offset + 30, 2)
      let next = try fields.sum(offset, 46, nameLength, extraLength, fields.number(offset + 32, 2))
      guard next <= fields.bytes.count else { throw fields.corrupt }
      let name = String(decoding: fields.bytes[offset + 46..<offset + 46 + nameLength], as: UTF8.self)
      guard names.insert(name).inserted else {
        throw .input("\(fields.place): '\(name.onOneLine)' twice in the archive")
      }
      var entry = Entry(
        name: name, method: try fields.number(offset + 10, 2), checksum: UInt(try fields.number(offset + 16, 4)),
        compressedSize: try fields.number(offset + 20, 4), size: try fields.number(offset + 24, 4),
        headerOffset: try fields.number(offset + 42, 4), isEncrypted: try fields.number(offset + 8, 2) & 1 == 1)
      try widen(&entry, extra: offset + 46 + nameLength, length: extraLength, fields)
      entries.append(entry)
      offset = next
    }
    return entries
  }

  /// Where the record at the end of the archive starts; a comment of up to 65,535 bytes may follow it.
  private static func endRecord(_ fields: Fields) throws(Failure) -> Int {
    var offset = fields.bytes.count - 22
    let lowest = max(0, offset - 0xffff)
    while offset >= lowest {
      if try fields.number(offset, 4) == 0x0605_4b50,
        try fields.number(offset + 20, 2) == fields.bytes.count - offset - 22
      {
        return offset
      }
      offset -= 1
    }
    throw fields.corrupt
  }

  /// Takes the 64-bit sizes of the extra field (tag 1) for those that do not fit 32 bits.
  private static func widen(
    _ entry: inout Entry, extra: Int, length: Int, _ fields: Fields
  ) throws(Failure) {
    var position = extra
    while position + 4 <= extra + length {
      let tag = try fields.number(position, 2)
      let size = try fields.number(position + 2, 2)
      if tag == 1 {
        var value = position + 4
        for path in [\Entry.size, \.compressedSize, \.headerOffset] where entry[keyPath: path] == 0xffff_ffff {
          entry[keyPath: path] = try fields.number(value, 8)
          value += 8
        }
      }
      position += 4 + size
    }
  }
}
