import Tensors
import Testing

@testable import Interchange

/// "ab\n" as a gzip member (gzip -n).
private let first: [UInt8] = [
  0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c, 0xe2, 2, 0, 0x3e, 0x98, 0x4a, 1, 3, 0, 0, 0,
]

/// The text that pieces of gzip data make.
private func inflated(_ pieces: [[UInt8]]) throws -> String {
  var rest = pieces[...]
  let inflater = try Inflater(.gzip, name: "test") {
    rest.popFirst().map { Tensor($0, shape: [$0.count]) } ?? Tensor([UInt8](), shape: [0])
  }
  let bytes = GrowingBytes()
  try bytes.fill(upTo: 1000) { (buffer) throws(Failure) in try inflater.read(into: buffer) }
  return bytes.withBytes { String(decoding: $0, as: UTF8.self) }
}

@Suite struct InflaterTests {
  @Test func readsMembersAndPadding() throws {
    #expect(try inflated([first]) == "ab\n")
    #expect(try inflated([first + first]) == "ab\nab\n")
    #expect(try inflated((first + first + [0, 0, 0]).map { [$0] }) == "ab\nab\n")
  }

  @Test func namesWhatIsWrong() {
    #expect(
      failure { _ = try inflated([Array(first.dropLast())]) } == "test: truncated: the compressed data ends early")
    #expect(
      failure { _ = try inflated([first + [1]]) } == "test: bytes that are no gzip data follow the compressed data")
    var corrupt = first
    corrupt[16] ^= 1
    #expect(failure { _ = try inflated([corrupt]) } == "test: the compressed data is corrupt (incorrect data check)")
  }
}
