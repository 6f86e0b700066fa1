/// The JSON header of a frame: where each tensor lies, and the metadata.
///
/// Reading accepts a strict subset of what the reference library accepts, so that both always see the same tensors
/// (the format's attack list: offsets out of range, holes, overlaps, wrapped products, duplicate keys).
struct FrameHeader {
  struct Entry {
    var name: String
    var type: ElementType
    var shape: [Int]
    var offset: Int
  }

  /// No header may be longer: the reference library's own limit.
  static let maximumLength = 100_000_000
  static let maximumRank = 8

  var entries: [Entry] = []
  var metadata: [String: String] = [:]
  var dataLength = 0

  init(parsing bytes: [UInt8]) throws(Failure) {
    var scanner = JSONScanner(bytes)
    var header = FrameHeader()
    var names: Set<String> = []
    var unknownField: String?
    try scanner.object { (scanner, name) throws(Failure) in
      guard names.insert(name).inserted else { throw .input("tensor '\(name)' twice in the header") }
      if name == "__metadata__" {
        header.metadata = try FrameHeader.metadata(&scanner)
      } else {
        header.entries.append(try FrameHeader.entry(name, &scanner, &unknownField))
      }
    }
    if let other = bytes[scanner.position...].firstIndex(where: { $0 != 0x20 }) {
      throw JSONScanner(bytes, at: other).failure("more text after the header")
    }
    if header.metadata["nn.version"] != nil, let unknownField {
      throw .input("unknown field '\(unknownField)' in the header")
    }
    header.entries.sort { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }
    for entry in header.entries {
      guard entry.offset == header.dataLength else {
        throw .input(
          "tensor '\(entry.name)' starts at byte \(entry.offset) of the data where \(header.dataLength) is due: "
            + (entry.offset > header.dataLength ? "a hole" : "an overlap"))
      }
      header.dataLength += entry.byteCount
    }
    self = header
  }

  private init() {}

  private static func metadata(_ scanner: inout JSONScanner) throws(Failure) -> [String: String] {
    var result: [String: String] = [:]
    try scanner.object { (scanner, key) throws(Failure) in
      guard result[key] == nil else { throw .input("metadata key '\(key)' twice in the header") }
      guard scanner.peek() == UInt8(ascii: "\"") else {
        throw .input("metadata '\(key)' is not a string")
      }
      result[key] = try scanner.string()
    }
    return result
  }

  private static func entry(
    _ name: String, _ scanner: inout JSONScanner, _ unknownField: inout String?
  ) throws(Failure) -> Entry {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    var fields: Set<String> = []
    var unknown: String?
    try scanner.object { (scanner, field) throws(Failure) in
      guard fields.insert(field).inserted else { throw .input("tensor '\(name)': field '\(field)' twice") }
      switch field {
      case "dtype": dtype = try scanner.string()
      case "shape": shape = try numbers(&scanner)
      case "data_offsets": offsets = try numbers(&scanner)
      default:
        unknown = field
        _ = try scanner.value(depth: 3)
      }
    }
    if let unknown { unknownField = unknown }
    guard let dtype, let shape, let offsets, offsets.count == 2 else {
      throw .input("tensor '\(name)': dtype, shape and two data_offsets are due")
    }
    guard let type = ElementType(rawValue: dtype) else {
      throw .input(
        "tensor '\(name)' has dtype \(dtype); read are "
          + ElementType.allCases.map(\.rawValue).joined(separator: " "))
    }
    guard shape.count <= maximumRank else {
      throw .input("tensor '\(name)' has \(shape.count) dimensions; at most \(maximumRank) are read")
    }
    // Each partial product is checked, so that a later 0 cannot hide an overflow.
    var byteCount = type.width
    for size in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow else { throw .input("tensor '\(name)': the product of its shape overflows") }
      byteCount = product
    }
    if shape.contains(0) { byteCount = 0 }
    guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == byteCount else {
      throw .input(
        "tensor '\(name)': data_offsets span \(offsets[1] - offsets[0]) bytes where dtype and shape make \(byteCount)"
      )
    }
    return Entry(name: name, type: type, shape: shape, offset: offsets[0])
  }

  private static func numbers(_ scanner: inout JSONScanner) throws(Failure) -> [Int] {
    var result: [Int] = []
    try scanner.array { (scanner) throws(Failure) in result.append(try scanner.naturalNumber()) }
    return result
  }

  /// The canonical header of tensors and metadata: by element width descending, then name; metadata first with its
  /// keys sorted; no spaces but the padding that puts the data at a multiple of 64 bytes.
  static func text(
    tensors: [String: Tensor], metadata: [String: String]
  ) -> (header: [UInt8], order: [Tensor]) {
    let sorted = tensors.sorted { left, right in
      left.value.type.width != right.value.type.width
        ? left.value.type.width > right.value.type.width
        : left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
    }
    var out = "{\"__metadata__\":{"
    let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (i, key) in keys.enumerated() {
      if i > 0 { out += "," }
      JSON.quote(key, to: &out)
      out += ":"
      JSON.quote(metadata[key, default: ""], to: &out)
    }
    out += "}"
    var offset = 0
    for (name, tensor) in sorted {
      out += ","
      JSON.quote(name, to: &out)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.byteCount
      out +=
        ":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    out += "}"
    var bytes = Array(out.utf8)
    while (8 + bytes.count) % 64 != 0 { bytes.append(0x20) }
    return (bytes, sorted.map(\.value))
  }
}

extension FrameHeader.Entry {
  var byteCount: Int { shape.reduce(type.width, *) }
}
