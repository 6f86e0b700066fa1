import Glibc

/// A builder of frames byte by byte, independent of the library it tests, so that it can make wrong ones as well.
struct FrameBytes {
  /// What a tool wants to read.
  enum Content: String { case nothing, text, data, model, predictions }

  /// The JSON header as text; nil is made of what follows.
  var header: String?
  /// The length written before the header; nil is the true one.
  var length: UInt64?
  var data: [UInt8] = []
  var metadata: [(key: String, value: String)] = []
  var tensors: [(name: String, entry: String)] = []

  /// The bytes of the frame; `nn.crc32` is added to metadata that has `nn.version`.
  var bytes: [UInt8] {
    let text = Array((header ?? ordinaryHeader).utf8)
    let length = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text + data
  }

  var ordinaryHeader: String {
    var pairs = metadata
    if pairs.contains(where: { $0.key == "nn.version" }), !pairs.contains(where: { $0.key == "nn.crc32" }) {
      pairs.append(("nn.crc32", FrameBytes.checksum(data)))
    }
    let texts = pairs.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
    let entries = tensors.map { ",\"\($0.name)\":\($0.entry)" }.joined()
    let text = "{\"__metadata__\":{\(texts)}\(entries)}"
    return text + String(repeating: " ", count: (64 - (8 + text.utf8.count) % 64) % 64)
  }

  /// Three rows of what a tool wants, as frame `index` of a segment.
  static func valid(_ wants: Content, index: Int = 0, last: Bool = true) -> FrameBytes {
    let (name, columns, kind) =
      switch wants {
      case .predictions: ("p", 10, "prediction")
      case .model: ("0.weight", 64, "model")
      default: ("x", 64, "data")
      }
    var frame = FrameBytes()
    let values = [Float](repeating: Float(1) / Float(columns), count: 3 * columns)
    let labels: [Int64] = [0, 1, 2]
    frame.data = labels.flatMap { littleEndian($0) } + values.flatMap { littleEndian($0.bitPattern) }
    frame.tensors = [
      ("y", entry("I64", [3], 0, 24)), (name, entry("F32", [3, columns], 24, 24 + 12 * columns)),
    ]
    frame.metadata = [
      ("nn.frame", String(index)), ("nn.kind", kind), ("nn.last", last ? "1" : "0"), ("nn.version", "1"),
    ]
    return frame
  }

  static func entry(_ type: String, _ shape: [Int], _ begin: Int, _ end: Int) -> String {
    "{\"dtype\":\"\(type)\",\"shape\":[\(shape.map(String.init).joined(separator: ","))],"
      + "\"data_offsets\":[\(begin),\(end)]}"
  }

  static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// CRC-32 bit by bit (ISO 3309), as eight hexadecimal digits.
  static func checksum(_ bytes: [UInt8]) -> String {
    var value: UInt32 = 0xffff_ffff
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }
    let digits = String(~value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
