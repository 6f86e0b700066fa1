import Tensors

/// The header of a .npy array: versions 1.0, 2.0 and 3.0 (numpy.lib.format).
///
/// "\x93NUMPY", two version bytes, the header's length (u16 in version 1, u32 later, little-endian), then a Python
/// dictionary with the keys descr, fortran_order and shape.
struct NPYHeader {
  /// The type and byte order of the elements.
  var elements: StoredElements
  /// Whether the first index varies fastest.
  var isColumnMajor: Bool
  /// Sizes of the dimensions.
  var shape: [Int]
  /// Where the elements start.
  var start: Int
  /// Bytes of the whole file.
  var size: Int

  /// A longer header is taken for corrupt: NumPy writes some hundred bytes.
  static let maximumLength = 1 << 16

  /// The header at the start of some bytes; nil when they do not hold all of it.
  init?(_ bytes: UnsafeRawBufferPointer, place: String) throws(Failure) {
    guard bytes.count >= 12 else { return nil }
    guard bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else {
      throw .input("\(place): not a .npy array")
    }
    let version = bytes[6]
    guard (1...3).contains(version) else { throw .input("\(place): .npy version \(version); versions 1 to 3 are read") }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    let prefix = version == 1 ? 10 : 12
    if version > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard length <= NPYHeader.maximumLength else {
      throw .input("\(place): a .npy header of \(length) bytes; at most \(NPYHeader.maximumLength) are read")
    }
    guard bytes.count >= prefix + length else { return nil }
    var literal = PythonLiteral(bytes[prefix..<prefix + length])
    guard case .dictionary(let fields)? = literal.value(), literal.isAtEnd else {
      throw .input("\(place): the .npy header is not a Python dictionary")
    }
    guard case .boolean(let isColumnMajor)? = fields["fortran_order"], case .tuple(let sizes)? = fields["shape"],
      let description = fields["descr"]
    else { throw .input("\(place): the .npy header lacks descr, fortran_order or shape") }
    guard case .text(let type) = description else {
      throw .input("\(place): a structured dtype; save its columns as plain arrays")
    }
    elements = try NPYHeader.elements(type, place)
    self.isColumnMajor = isColumnMajor
    guard sizes.count <= 8 else { throw .input("\(place): \(sizes.count) dimensions; at most 8 are read") }
    shape = []
    start = prefix + length
    var byteCount = elements.type.width
    for value in sizes {
      guard case .integer(let size) = value else { throw .input("\(place): the .npy shape is not a tuple of sizes") }
      shape.append(size)
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow else { throw .input("\(place): the product of the .npy shape overflows") }
      byteCount = product
    }
    if shape.contains(0) { byteCount = 0 }
    let (total, overflow) = start.addingReportingOverflow(byteCount)
    guard !overflow else { throw .input("\(place): the product of the .npy shape overflows") }
    size = total
  }

  private static func elements(_ text: String, _ place: String) throws(Failure) -> StoredElements {
    let types: [String: ElementType] = [
      "f8": .float64, "f4": .float32, "f2": .float16, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
      "u1": .uint8, "b1": .bool,
    ]
    if let order = text.first, "<>|=".contains(order), let type = types[String(text.dropFirst())] {
      return StoredElements(type: type, isBigEndian: order == ">")
    }
    if text.contains("O") { throw .input("\(place): an array of Python objects, which are pickles and never read") }
    throw .input(
      "\(place): dtype '\(String(text.prefix(20)).onOneLine)'; read are f8 f4 f2 i8 i4 i2 i1 u1 b1 (use astype)")
  }
}

/// The few Python literals that .npy headers are made of: dictionaries with text keys, texts, booleans, tuples of
/// integers. Lists and nested tuples are passed over, since structured types hold them.
struct PythonLiteral {
  indirect enum Value {
    case dictionary([String: Value])
    case tuple([Value])
    case text(String)
    case boolean(Bool)
    case integer(Int)
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: Slice<UnsafeRawBufferPointer>) { self.bytes = Array(bytes) }

  /// Whether nothing but white space is left.
  var isAtEnd: Bool { bytes[position...].allSatisfy { $0 == 0x20 || $0 == 0x0a } }

  /// The next literal; nil when there is none that this reads.
  mutating func value(depth: Int = 8) -> Value? {
    skipSpace()
    guard depth > 0, position < bytes.count else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "{"): return dictionary(depth)
    case UInt8(ascii: "("): return sequence(closing: UInt8(ascii: ")"), depth)
    case UInt8(ascii: "["): return sequence(closing: UInt8(ascii: "]"), depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(Value.text)
    case UInt8(ascii: "T"): return word("True") ? .boolean(true) : nil
    case UInt8(ascii: "F"): return word("False") ? .boolean(false) : nil
    default: return integer()
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0a { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func text() -> String? {
    let quote = bytes[position]
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote), !bytes[start..<end].contains(UInt8(ascii: "\\")) else {
      return nil
    }
    position = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func integer() -> Value? {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else { return nil }
    // Python 2 wrote long integers so: 3L.
    if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return .integer(value)
  }

  private mutating func sequence(closing: UInt8, _ depth: Int) -> Value? {
    position += 1
    var values: [Value] = []
    while !take(closing) {
      guard let value = value(depth: depth - 1) else { return nil }
      values.append(value)
      if !take(UInt8(ascii: ",")) {
        guard take(closing) else { return nil }
        break
      }
    }
    return .tuple(values)
  }

  private mutating func dictionary(_ depth: Int) -> Value? {
    position += 1
    var fields: [String: Value] = [:]
    while !take(UInt8(ascii: "}")) {
      guard case .text(let key)? = value(depth: depth - 1), take(UInt8(ascii: ":")),
        let value = value(depth: depth - 1), fields.updateValue(value, forKey: key) == nil
      else { return nil }
      if !take(UInt8(ascii: ",")) {
        guard take(UInt8(ascii: "}")) else { return nil }
        break
      }
    }
    return .dictionary(fields)
  }
}
