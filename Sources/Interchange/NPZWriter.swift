import Tensors

/// Writes .npz archives that are canonical: stored entries in the order of their names, all of them dated 1980-01-01,
/// the zip format's first day.
enum NPZWriter {
  private struct Entry {
    var name: [UInt8]
    var checksum: UInt
    var size: Int
    var offset: Int
  }

  /// Writes all tensors, each as an entry NAME.npy.
  static func write(_ tensors: [String: Tensor], to sink: ByteSink) throws(Failure) {
    var entries: [Entry] = []
    var offset = 0
    for (name, tensor) in tensors.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let array = NPY.storable(tensor)
      let header = NPY.header(type: array.type, shape: array.shape)
      let file = Array((name + ".npy").utf8)
      guard file.count <= 0xffff else {
        throw .input("tensor '\(name.prefix(40))…': the name is too long for a zip archive")
      }
      let entry = Entry(
        name: file, checksum: array.checksum(after: Checksum.of(header)), size: header.count + array.byteCount,
        offset: offset)
      let local = localHeader(entry)
      try sink.write(local + header)
      try sink.write(array)
      offset += local.count + entry.size
      entries.append(entry)
    }
    let start = offset
    for entry in entries {
      let record = directoryEntry(entry)
      try sink.write(record)
      offset += record.count
    }
    try sink.write(end(count: entries.count, start: start, length: offset - start))
  }

  /// Little-endian bytes of a number.
  private static func bytes(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A size for a 32-bit field: all ones say that the 64-bit extension has it.
  private static func narrow(_ value: Int) -> [UInt8] { bytes(min(value, 0xffff_ffff), 4) }

  /// The 64-bit extension for those of the values that need it.
  private static func extra(_ values: Int...) -> [UInt8] {
    let wide = values.filter { $0 >= 0xffff_ffff }.flatMap { bytes($0, 8) }
    return wide.isEmpty ? [] : bytes(1, 2) + bytes(wide.count, 2) + wide
  }

  /// Version needed, UTF-8 names, stored, 1980-01-01 00:00:00, checksum, sizes.
  private static func common(_ entry: Entry) -> [UInt8] {
    bytes(entry.size >= 0xffff_ffff || entry.offset >= 0xffff_ffff ? 45 : 20, 2) + bytes(0x800, 2) + bytes(0, 2)
      + bytes(0, 2) + bytes(0x21, 2) + bytes(Int(entry.checksum), 4) + narrow(entry.size) + narrow(entry.size)
      + bytes(entry.name.count, 2)
  }

  private static func localHeader(_ entry: Entry) -> [UInt8] {
    let extra = extra(entry.size, entry.size)
    return bytes(0x0403_4b50, 4) + common(entry) + bytes(extra.count, 2) + entry.name + extra
  }

  private static func directoryEntry(_ entry: Entry) -> [UInt8] {
    let extra = extra(entry.size, entry.size, entry.offset)
    return bytes(0x0201_4b50, 4) + bytes(45, 2) + common(entry) + bytes(extra.count, 2) + bytes(0, 2) + bytes(0, 2)
      + bytes(0, 2) + bytes(0, 4) + narrow(entry.offset) + entry.name + extra
  }

  private static func end(count: Int, start: Int, length: Int) -> [UInt8] {
    var out: [UInt8] = []
    if count >= 0xffff || start >= 0xffff_ffff || length >= 0xffff_ffff {
      out += bytes(0x0606_4b50, 4) + bytes(44, 8) + bytes(45, 2) + bytes(45, 2) + bytes(0, 4) + bytes(0, 4)
      out += bytes(count, 8) + bytes(count, 8) + bytes(length, 8) + bytes(start, 8)
      out += bytes(0x0706_4b50, 4) + bytes(0, 4) + bytes(start + length, 8) + bytes(1, 4)
    }
    let shown = bytes(min(count, 0xffff), 2)
    return out + bytes(0x0605_4b50, 4) + bytes(0, 4) + shown + shown + narrow(length) + narrow(start) + bytes(0, 2)
  }
}
