import Testing

@testable import Tensors

/// The canonical form: the same content, the same bytes, which any reader of safetensors takes.
@Suite("Canonical form")
struct CanonicalFormTests {
  @Test("the exact bytes of a small frame")
  func exactBytes() throws {
    var frame = Frame(.data)
    frame.tensors["y"] = Tensor([Int64(7)], shape: [1])
    frame.tensors["x"] = Tensor([Float(1), -2], shape: [1, 2])
    frame.tensors["mask"] = Tensor([UInt8(3)], shape: [1])
    frame.metadata["nn.role"] = "train"
    let bytes = try written([frame])
    let header =
      "{\"__metadata__\":{\"nn.crc32\":\"CRC\",\"nn.frame\":\"0\",\"nn.kind\":\"data\",\"nn.last\":\"1\","
      + "\"nn.role\":\"train\",\"nn.version\":\"1\"},\"y\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
      + "\"x\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
      + "\"mask\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16,17]}}"
    let data: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 3]
    var expected = FrameBytes(data: data)
    let parts = header.split(separator: "CRC", maxSplits: 1)
    expected.header = parts[0] + FrameBytes.checksum(data) + parts[1]
    while (8 + (expected.header?.utf8.count ?? 0)) % 64 != 0 { expected.header?.append(" ") }
    #expect(bytes == expected.bytes)
    #expect((bytes.count - data.count) % 64 == 0)
  }

  @Test("tensors by width descending, then by bytes of the name; metadata by bytes of the key")
  func order() throws {
    var frame = Frame(nil)
    for name in ["b", "B", "a", "é", "z"] { frame.tensors[name] = Tensor([Float(0)], shape: [1]) }
    frame.tensors["wide"] = Tensor([Double(0)], shape: [1])
    for key in ["ä", "a", "Z", "nn.zebra"] { frame.metadata[key] = "" }
    let text = String(decoding: try written([frame]).dropFirst(8), as: UTF8.self)
    var at = text.startIndex
    for word in [
      "\"Z\"", "\"a\":\"\"", "nn.crc32", "nn.frame", "nn.zebra", "\"ä\"", "wide", "\"B\"", "\"a\":{", "\"b\"", "\"z\"",
      "\"é\"",
    ] {
      let found = try #require(text[at...].firstRange(of: word), "\(word) is missing or out of order")
      at = found.upperBound
    }
  }

  @Test("equal content makes equal bytes, whatever the order of insertion")
  func stability() throws {
    var one = Frame(.model)
    var other = Frame(.model)
    for i in 0..<40 {
      one.tensors["t\(i)"] = Tensor([Float(i)], shape: [1])
      one.metadata["key\(i)"] = "\(i)"
      other.tensors["t\(39 - i)"] = Tensor([Float(39 - i)], shape: [1])
      other.metadata["key\(39 - i)"] = "\(39 - i)"
    }
    #expect(try written([one]) == written([other]))
  }

  @Test("what is read and written again is the same")
  func fixpoint() throws {
    let bytes = try written([sample()])
    #expect(try written(frames(bytes)) == bytes)
    let foreign = FrameBytes(
      header: " {\"b\":{\"data_offsets\":[4,8],\"shape\":[],\"dtype\":\"I32\",\"note\":[{}]},"
        .dropFirst() + "\"a\":\(FrameBytes.entry("F32", [1], 0, 4))}   ",
      data: [0, 0, 0x80, 0x3f, 5, 0, 0, 0])
    let once = try written(frames(foreign.bytes))
    #expect(try written(frames(once)) == once)
  }

  @Test("all element types, ranks and names survive the round trip")
  func roundTrip() throws {
    let frame = sample()
    let read = try #require(try frames(written([frame])).first)
    #expect(read.kind == frame.kind)
    #expect(read.metadata == frame.metadata)
    #expect(Set(read.tensors.keys) == Set(frame.tensors.keys))
    for (name, tensor) in frame.tensors {
      let other = try read.tensor(name)
      #expect(tensor == other, "\(name)")
    }
  }

  private func sample() -> Frame {
    var frame = Frame(.data)
    for type in ElementType.allCases {
      frame.tensors["t \(type.rawValue)"] = Tensor(type: type, shape: [2, 3]) { bytes in
        for i in bytes.indices { bytes[i] = UInt8(truncatingIfNeeded: i * 37 + 11) }
      }
    }
    frame.tensors["single"] = Tensor([Float(0.1)], shape: [])
    frame.tensors["none"] = Tensor([Float](), shape: [0, 5])
    frame.tensors["none in the middle"] = Tensor([Int64](), shape: [2, 0, 3])
    frame.tensors["rank 8"] = Tensor([Float(1)], shape: [1, 1, 1, 1, 1, 1, 1, 1])
    frame.tensors["quote \" slash \\ tab \t \u{1} é 数 🧠"] = Tensor([UInt8(1)], shape: [1])
    frame.metadata["text"] = "line 1\nline 2\r\t\"quoted\" \\ \u{7f} \u{2028} 🧠"
    frame.metadata[""] = ""
    return frame
  }

  @Test("lists in the metadata")
  func lists() {
    var frame = Frame(.data)
    frame[list: Metadata.classes] = ["cat", "dog \"rex\"", ""]
    #expect(frame.metadata[Metadata.classes] == "[\"cat\",\"dog \\\"rex\\\"\",\"\"]")
    #expect(frame[list: Metadata.classes] == ["cat", "dog \"rex\"", ""])
    frame.metadata[Metadata.classes] = "[1,2]"
    #expect(frame[list: Metadata.classes] == nil)
    frame.metadata[Metadata.classes] = "cat"
    #expect(frame[list: Metadata.classes] == nil)
  }
}
