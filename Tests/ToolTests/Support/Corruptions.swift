/// Every way an input can be wrong: name, bytes, and words that the message must hold.
struct Corruption: Sendable, CustomStringConvertible {
  let name: String
  let bytes: [UInt8]
  var says: String = ""

  var description: String { name }

  /// The whole drill for a tool that wants frames of a kind.
  static func all(for wants: FrameBytes.Content) -> [Corruption] {
    lengths(wants) + cuts(wants) + offsets + numbers + names + streams(wants) + foreign
  }

  private static func lengths(_ wants: FrameBytes.Content) -> [Corruption] {
    let valid = FrameBytes.valid(wants)
    var result = [Corruption(name: "empty", bytes: [], says: "empty")]
    for count in 1...7 {
      result.append(Corruption(name: "\(count) bytes", bytes: Array(valid.bytes.prefix(count))))
    }
    for length: UInt64 in [0, 1, 2, 100_000_001, 1 << 63, .max] {
      var frame = valid
      frame.length = length
      result.append(Corruption(name: "header length \(length)", bytes: frame.bytes))
    }
    return result
  }

  private static func cuts(_ wants: FrameBytes.Content) -> [Corruption] {
    let bytes = FrameBytes.valid(wants).bytes
    var flipped = bytes
    flipped[flipped.count - 3] ^= 0x10
    var wrongVersion = FrameBytes.valid(wants)
    wrongVersion.metadata[3].value = "2"
    return [
      Corruption(name: "header cut", bytes: Array(bytes.prefix(100)), says: "truncated"),
      Corruption(name: "data cut by 1", bytes: bytes.dropLast(), says: "truncated"),
      Corruption(name: "all data cut", bytes: Array(bytes.prefix(bytes.count - FrameBytes.valid(wants).data.count))),
      Corruption(name: "one byte too many", bytes: bytes + [0]),
      Corruption(name: "flipped bit", bytes: flipped, says: "checksum mismatch"),
      Corruption(name: "other version", bytes: wrongVersion.bytes, says: "version 2"),
    ]
  }

  /// A foreign frame of one header and its data.
  private static func header(_ name: String, _ text: String, _ count: Int = 8, says: String = "") -> Corruption {
    Corruption(name: name, bytes: FrameBytes(header: text, data: .init(repeating: 0, count: count)).bytes, says: says)
  }

  private static func tensor(
    _ name: String, _ type: String = "F32", shape: String, offsets: String, count: Int = 8, says: String = ""
  ) -> Corruption {
    let entry = "{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
    return header(name, "{\"x\":\(entry)}", count, says: says)
  }

  private static var offsets: [Corruption] {
    let four = FrameBytes.entry("F32", [1], 0, 4)
    return [
      header("hole", "{\"x\":\(four),\"y\":\(FrameBytes.entry("F32", [1], 8, 12))}", 12, says: "hole"),
      header("overlap", "{\"x\":\(four),\"y\":\(FrameBytes.entry("F32", [1], 2, 6))}", 6, says: "overlap"),
      header("same range", "{\"x\":\(four),\"y\":\(four)}", 4, says: "overlap"),
      tensor("starts late", shape: "1", offsets: "4,8", says: "hole"),
      tensor("backwards", shape: "1", offsets: "4,0"),
      tensor("negative", shape: "1", offsets: "-4,0"),
      tensor("fractional", shape: "1", offsets: "0,4.0"),
      tensor("exponent", shape: "1", offsets: "0,1e3"),
      tensor("beyond 2^63", shape: "1", offsets: "0,9223372036854775808"),
      tensor("one offset", shape: "1", offsets: "4"),
      tensor("three offsets", shape: "1", offsets: "0,4,8"),
      tensor("too short for its shape", shape: "3", offsets: "0,8"),
      tensor("too long for its shape", shape: "1", offsets: "0,8"),
      tensor("far outside", shape: "1000000000000", offsets: "0,4000000000000", says: "truncated"),
    ]
  }

  private static var numbers: [Corruption] {
    [
      tensor("product wraps to 0", shape: "4294967296,4294967296", offsets: "0,0", count: 0, says: "overflow"),
      tensor("product wraps to 4", "U8", shape: "6148914691236517205,12", offsets: "0,4", count: 4),
      tensor("overflow before a 0", shape: "4294967296,4294967296,0", offsets: "0,0", count: 0, says: "overflow"),
      tensor("negative size", shape: "-1", offsets: "0,4"),
      tensor("leading zero", shape: "01", offsets: "0,4"),
      tensor("rank 9", shape: "1,1,1,1,1,1,1,1,1", offsets: "0,4", says: "dimensions"),
      tensor("unknown dtype", "F8_E4M3", shape: "4", offsets: "0,4", says: "F8_E4M3"),
      tensor("made-up dtype", "FLOAT", shape: "1", offsets: "0,4", says: "FLOAT"),
    ]
  }

  private static var names: [Corruption] {
    let four = FrameBytes.entry("F32", [1], 0, 4)
    let deep = String(repeating: "[", count: 100_000)
    let invalid: [UInt8] = Array("{\"\u{1}".utf8.dropLast()) + [0xff, 0xfe] + Array("\":{}}".utf8)
    var notText = FrameBytes(header: "", data: []).bytes
    notText.replaceSubrange(0..<8, with: FrameBytes.littleEndian(UInt64(invalid.count)))
    return [
      header("duplicate tensor", "{\"x\":\(four),\"x\":\(FrameBytes.entry("F32", [1], 4, 8))}", says: "twice"),
      header("duplicate metadata", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},\"x\":\(four)}", 4, says: "twice"),
      header("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{},\"x\":\(four)}", 4, says: "twice"),
      header(
        "duplicate field", "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4),
      header("metadata a number", "{\"__metadata__\":{\"a\":1},\"x\":\(four)}", 4, says: "not a string"),
      header("metadata a list", "{\"__metadata__\":[\"a\"],\"x\":\(four)}", 4),
      header("no shape", "{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4),
      header("entry a string", "{\"x\":\"F32\"}"),
      header("deep nesting", "{\"x\":" + deep, says: ""),
      header("deep unknown field", "{\"x\":{\"deep\":\(deep)", says: ""),
      header("header without end", "{\"x\":\(four)", 4),
      header("trailing comma", "{\"x\":\(four),}", 4),
      header("trailing text", "{\"x\":\(four)} x", 4),
      header("trailing line feed", "{\"x\":\(four)}\n", 4),
      header("padding of NULs", "{\"x\":\(four)}\0\0\0", 4),
      header("only a brace and spaces", "{     "),
      header("single quotes", "{'x':\(four)}", 4),
      Corruption(name: "invalid UTF-8", bytes: notText + invalid),
      header("half a surrogate", "{\"\\ud800\":\(four)}", 4),
      header("bad escape", "{\"\\x41\":\(four)}", 4),
    ]
  }

  private static func streams(_ wants: FrameBytes.Content) -> [Corruption] {
    func frame(_ index: Int, last: Bool) -> [UInt8] { FrameBytes.valid(wants, index: index, last: last).bytes }
    var index = FrameBytes.valid(wants)
    index.metadata[0].value = "-1"
    var last = FrameBytes.valid(wants)
    last.metadata[2].value = "yes"
    var kind = FrameBytes.valid(wants)
    kind.metadata[1].value = "sausage"
    return [
      Corruption(name: "no last frame", bytes: frame(0, last: false)),
      Corruption(name: "frame missing", bytes: frame(0, last: false) + frame(2, last: true)),
      Corruption(name: "frame repeated", bytes: frame(0, last: false) + frame(0, last: false)),
      Corruption(name: "out of order", bytes: frame(1, last: false) + frame(0, last: true), says: "frame 1"),
      Corruption(name: "starts late", bytes: frame(3, last: true), says: "frame 3"),
      Corruption(name: "negative index", bytes: index.bytes, says: "nn.frame"),
      Corruption(name: "last neither 0 nor 1", bytes: last.bytes, says: "nn.last"),
      Corruption(name: "unknown kind", bytes: kind.bytes, says: "sausage"),
    ]
  }

  /// Files of other formats, which the message names.
  static var foreign: [Corruption] {
    [
      Corruption(name: "CSV", bytes: Array("a,b,c\n1,2,3\n4,5,6\n".utf8), says: "nn-import"),
      Corruption(
        name: "gzip", bytes: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], says: "gzip"),
      Corruption(
        name: "npy", bytes: [0x93] + Array("NUMPY\u{1}".utf8) + [0, 10, 0] + Array("{'descr': '<f4'}\n".utf8),
        says: "npy"),
      Corruption(name: "npz", bytes: Array("PK\u{3}\u{4}".utf8) + .init(repeating: 0, count: 40), says: "zip"),
      Corruption(name: "IDX", bytes: [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7], says: "IDX"),
      Corruption(name: "pickle", bytes: [0x80, 2] + Array("}q\u{0}.aaaaaaaa".utf8), says: "pickle"),
      Corruption(name: "PNG", bytes: [0x89] + Array("PNG\r\n\u{1a}\n".utf8) + [0, 0, 0, 13], says: "PNG"),
      Corruption(name: "JSON", bytes: Array("{\"accuracy\": 0.5, \"rows\": 100}\n".utf8), says: "JSON"),
      Corruption(name: "noise", bytes: (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 201) }),
      Corruption(name: "zeros", bytes: .init(repeating: 0, count: 1000)),
    ]
  }
}
