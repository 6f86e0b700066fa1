/// A JSON value (RFC 8259), objects in the order written.
///
/// Our own, because the toolchain's keeps the last of two equal keys without a word, turns integers into doubles,
/// and costs tens of megabytes.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number as it is spelled, so that nothing is rounded on the way through.
  case number(String)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// A number, in the shortest form that reads back exactly; null for NaN and infinities, which JSON lacks.
  public static func number(_ value: Double) -> JSON {
    guard value.isFinite else { return .null }
    if value == value.rounded(), abs(value) < 1e15 { return .number(String(Int64(value))) }
    return .number(String(value))
  }
  /// A single-precision number, in the shortest form that reads back to the same single-precision number.
  public static func number(_ value: Float) -> JSON {
    guard value.isFinite else { return .null }
    if value == value.rounded(), abs(value) < 1e7 { return .number(String(Int64(value))) }
    return .number(String(value))
  }
  /// A whole number.
  public static func number(_ value: Int) -> JSON { .number(String(value)) }

  /// Whether two values have the same compact text.
  public static func == (left: JSON, right: JSON) -> Bool { left.text == right.text }

  /// The value of a key, when this is an object that has it.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
  /// The number as a double, when this is a number.
  public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }
  /// The number as an integer, when this is a whole number spelled as one.
  public var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  /// The text, when this is a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The elements, when this is an array.
  public var array: [JSON]? { if case .array(let values) = self { values } else { nil } }

  /// Compact JSON text: no spaces, minimal escapes.
  public var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let text): out += text
    case .string(let text): JSON.quote(text, to: &out)
    case .array(let values):
      out += "["
      for (i, value) in values.enumerated() {
        if i > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (i, member) in members.enumerated() {
        if i > 0 { out += "," }
        JSON.quote(member.key, to: &out)
        out += ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0}"..<" ":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }

  /// Reads one JSON text with nothing but white space around it.
  ///
  /// - Throws: an input failure that names the byte where reading stopped.
  public static func parse(_ text: String, depth: Int = 32) throws(Failure) -> JSON {
    var scanner = JSONScanner(Array(text.utf8))
    let value = try scanner.value(depth: depth)
    scanner.skipSpace()
    guard scanner.atEnd else { throw scanner.failure("more text after the value") }
    return value
  }
}
