import CZlib
import Kernels
import Testing

@testable import Tensors

@Suite struct ChecksumTests {
  /// The same value as zlib's, wherever runs of bytes begin and end and however they are continued.
  @Test func agreesWithZlib() {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    for round in 0..<400 {
      let start = Int.random(in: 0...200, using: &random)
      let count = round % 2 == 0 ? Int.random(in: 0...9000, using: &random) : Int.random(in: 0...99_000, using: &random)
      let before = UInt(UInt32.random(in: 0...UInt32.max, using: &random))
      let run = Array(bytes[start..<start + count])
      let due = crc32_z(before, run, run.count)
      let found = bytes.withUnsafeBytes {
        Checksum.of(UnsafeRawBufferPointer(rebasing: $0[start..<start + count]), after: before)
      }
      #expect(found == due, "\(count) bytes from \(start) after \(before)")
    }
  }

  /// Parts of a megabyte each, the last one shorter, or empty, or too few of them for a team.
  @Test func isTheSameOfATeam() {
    let team = ThreadTeam(threads: 3)
    var stream = RandomStream(seed: 1, purpose: 1)
    let bytes = (0..<(5 << 20) + 77).map { _ in UInt8(truncatingIfNeeded: stream.nextWord()) }
    for count in [0, 1000, 1 << 20, 2 << 20, (2 << 20) + 1, 5 << 20, bytes.count] {
      let (alone, shared) = bytes[..<count].withUnsafeBytes { (Checksum.of($0), Checksum.of($0, by: team)) }
      #expect(alone == shared, "\(count) bytes")
    }
  }

  @Test func isThatOfTheStandard() {
    #expect(Checksum.of(Array("123456789".utf8)) == 0xCBF4_3926)
    // Long enough to be folded: a million times "a".
    #expect(Checksum.of([UInt8](repeating: 0x61, count: 1_000_000)) == 0xDC25_BFBC)
  }
}
