import Testing

@testable import Tensors

/// Whatever is wrong with the bytes, reading ends with one line and the status of wrong input.
@Suite("Corruption")
struct CorruptionTests {
  @Test("from a file and through a pipe", arguments: Corruption.all(for: .data).filter { $0.bytes.count <= 60_000 })
  func isRefused(_ corruption: Corruption) throws {
    for read in [frames, framesThroughPipe] {
      let failure = try #require(failure { _ = try read(corruption.bytes) }, "is accepted")
      #expect(failure.status == .input)
      #expect(!failure.message.contains("\n"))
      #expect(failure.message.contains(corruption.says), "\(failure.message)")
    }
  }

  @Test(
    "deep nesting does not overflow the stack", arguments: Corruption.all(for: .data).filter { $0.bytes.count > 60_000 }
  )
  func deep(_ corruption: Corruption) {
    #expect(failure { _ = try frames(corruption.bytes) }?.status == .input)
  }

  @Test("every cut and every flipped byte of a frame is refused")
  func exhaustive() throws {
    let bytes = FrameBytes.valid(.data).bytes
    #expect(try frames(bytes).count == 1)
    for length in 0..<bytes.count {
      #expect(failure { _ = try frames(Array(bytes.prefix(length))) }?.status == .input, "cut to \(length)")
    }
    // A changed byte of the data is always found; one of the header is found or changes a name.
    for position in stride(from: bytes.count - 1, to: bytes.count - 200, by: -1) {
      var flipped = bytes
      flipped[position] ^= 1
      #expect(failure { _ = try frames(flipped) }?.status == .input, "byte \(position)")
    }
    for position in 0..<400 {
      var flipped = bytes
      flipped[position] ^= 0x80
      if let failure = failure(of: { _ = try frames(flipped) }) { #expect(failure.status == .input) }
    }
  }

  @Test("many tensors on one range are refused in time")
  func manyTensors() {
    let entries = (0..<100_000).map { "\"t\($0)\":\(FrameBytes.entry("F32", [1], 0, 4))" }
    let frame = FrameBytes(header: "{\(entries.joined(separator: ","))}", data: [0, 0, 0, 0])
    #expect(failure { _ = try frames(frame.bytes) }?.message.contains("overlap") == true)
  }

  @Test("a claimed length takes no memory")
  func claims() throws {
    let claim = FrameBytes(
      header: "{\"x\":\(FrameBytes.entry("U8", [1 << 50], 0, 1 << 50))}", data: [1, 2, 3])
    let message = try #require(failure { _ = try framesThroughPipe(claim.bytes) }).message
    #expect(message.contains("truncated: the data has 3 of 1125899906842624 bytes"))
    let header = FrameBytes(header: "{}", length: 99_999_999, data: [])
    #expect(failure { _ = try framesThroughPipe(header.bytes) }?.message.contains("truncated: the header") == true)
  }

  @Test("foreign frames that the reference library takes are taken")
  func foreignFrames() throws {
    let four = FrameBytes.entry("F32", [1], 0, 4)
    for header in [
      "{\"w\":\(four)}", "{\"w\":\(four)}        ", "{ \"w\" : \(four) }", "{\"__metadata__\":{},\"w\":\(four)}",
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":{\"a\":[1,null,true,-2.5e3]}}}",
      "{\"e\":\(FrameBytes.entry("F32", [0, 7], 0, 0)),\"w\":\(four),\"f\":\(FrameBytes.entry("I64", [0], 4, 4))}",
    ] {
      let read = try frames(FrameBytes(header: header, data: [0, 0, 0x80, 0x3f]).bytes)
      #expect(try read.first?.tensor("w").floats == [1], "\(header)")
      #expect(read.first?.kind == nil)
      #expect(read.first?.isLast == true)
    }
    #expect(try frames(FrameBytes(header: "{}", data: []).bytes).first?.tensors.isEmpty == true)
  }

  @Test("unknown fields are refused in our own frames")
  func unknownFields() {
    let entry = "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"more\":1}"
    let frame = FrameBytes(header: "{\"__metadata__\":{\"nn.version\":\"1\"},\"x\":\(entry)}", data: [1])
    #expect(failure { _ = try frames(frame.bytes) }?.message.contains("unknown field 'more'") == true)
  }
}
