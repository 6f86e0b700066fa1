/// A reader over the bytes of a JSON text that hands out one token at a time.
///
/// Frames of 100 MB have headers of a million entries: these are read through the scanner directly, without building
/// a tree first.
struct JSONScanner {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var atEnd: Bool { position >= bytes.count }

  func failure(_ what: String) -> Failure { .input("\(what) at byte \(position)") }

  /// The next byte after white space, not consumed; nil at the end.
  mutating func peek() -> UInt8? {
    skipSpace()
    return position < bytes.count ? bytes[position] : nil
  }

  mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  /// Consumes one punctuation character if it is next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    guard take(character) else { throw failure("'\(character)' expected") }
  }

  /// Calls `member` for each key of the object that comes next; `member` consumes the value.
  mutating func object(_ member: (inout JSONScanner, String) throws(Failure) -> Void) throws(Failure) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while take(",")
    try expect("}")
  }

  /// Calls `element` for each element of the array that comes next; `element` consumes it.
  mutating func array(_ element: (inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
    try expect("[")
    if take("]") { return }
    repeat { try element(&self) } while take(",")
    try expect("]")
  }

  /// A plain non-negative integer: no sign, fraction or exponent, at most 2⁶³ − 1.
  mutating func naturalNumber() throws(Failure) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position], digit >= 0x30, digit <= 0x39 {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = shifted.addingReportingOverflow(Int(digit - 0x30))
      guard !overflow, !overflow2 else { throw failure("number too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("a plain non-negative integer expected") }
    if bytes[start] == 0x30, position > start + 1 { throw failure("a number that starts with 0") }
    if position < bytes.count, [0x2e, 0x65, 0x45].contains(bytes[position]) {
      throw failure("a plain non-negative integer expected")
    }
    return value
  }

  mutating func string() throws(Failure) -> String {
    try expect("\"")
    var out: [UInt8] = []
    while true {
      guard position < bytes.count else { throw failure("string without an end") }
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let text = String(validating: out, as: UTF8.self) else {
          throw failure("string that is not UTF-8")
        }
        return text
      case 0x5c: try escape(to: &out)
      case 0..<0x20: throw failure("control character in a string")
      default: out.append(byte)
      }
    }
  }

  private mutating func escape(to out: inout [UInt8]) throws(Failure) {
    guard position < bytes.count else { throw failure("string without an end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case 0x22, 0x5c, 0x2f: out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0c)
    case UInt8(ascii: "n"): out.append(0x0a)
    case UInt8(ascii: "r"): out.append(0x0d)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code) {  // the first of a surrogate pair
        guard position + 1 < bytes.count, bytes[position] == 0x5c, bytes[position + 1] == UInt8(ascii: "u")
        else {
          throw failure("half of a surrogate pair")
        }
        position += 2
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw failure("half of a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
      out.append(contentsOf: String(Character(scalar)).utf8)
    default: throw failure("unknown escape")
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure("string without an end") }
    var code: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure("bad \\u escape") }
      code = code << 4 | UInt32(digit)
    }
    position += 4
    return code
  }

  /// Any value, at most `depth` levels deep; two equal keys in one object are an error.
  mutating func value(depth: Int) throws(Failure) -> JSON {
    guard depth > 0 else { throw failure("nested too deeply") }
    switch peek() {
    case UInt8(ascii: "{"):
      var members: [(key: String, value: JSON)] = []
      var seen: Set<String> = []
      try object { (scanner, key) throws(Failure) in
        guard seen.insert(key).inserted else { throw scanner.failure("key '\(key)' twice") }
        members.append((key, try scanner.value(depth: depth - 1)))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var values: [JSON] = []
      try array { (scanner) throws(Failure) in values.append(try scanner.value(depth: depth - 1)) }
      return .array(values)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("a value expected") }
    position += word.utf8.count
    return value
  }

  private mutating func number() throws(Failure) -> String {
    let start = position
    func isDigit(_ i: Int) -> Bool { i < bytes.count && bytes[i] >= 0x30 && bytes[i] <= 0x39 }
    func digits() -> Bool {
      let first = position
      while isDigit(position) { position += 1 }
      return position > first
    }
    if position < bytes.count, bytes[position] == 0x2d { position += 1 }
    if position < bytes.count, bytes[position] == 0x30 {
      position += 1
    } else if !digits() {
      throw failure("a value expected")
    }
    if position < bytes.count, bytes[position] == 0x2e {
      position += 1
      if !digits() { throw failure("digits expected") }
    }
    if position < bytes.count, bytes[position] | 0x20 == 0x65 {
      position += 1
      if position < bytes.count, [0x2b, 0x2d].contains(bytes[position]) { position += 1 }
      if !digits() { throw failure("digits expected") }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
