import Kernels
import Testing

@Suite struct ChecksumTests {
  /// CRC-32's register after some bytes, bit by bit.
  private func register(_ bytes: some Sequence<UInt8>, start: UInt32) -> UInt32 {
    bytes.reduce(start) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { r, _ in r & 1 == 1 ? r >> 1 ^ 0xEDB8_8320 : r >> 1 }
    }
  }

  @Test(arguments: [1, 2, 3, 64, 1001]) func foldedBytesStandForAll(blocks: Int) {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<blocks * 64 + 3).map { _ in UInt8.random(in: 0...255, using: &random) }
    for (offset, start) in [(0, 0), (1, UInt32.max), (3, 0x1234_5678)] as [(Int, UInt32)] {
      let due = register(bytes[offset..<offset + blocks * 64], start: start)
      for level in levels {
        let folded = bytes.withUnsafeBytes { bytes in
          bytes.baseAddress.flatMap { level.foldChecksum($0 + offset, blocks: blocks, start: start) }
        }
        guard let folded else {
          #expect(level.name == "v2" || level.name == "portable")
          continue
        }
        let found = withUnsafeBytes(of: folded) { register($0, start: 0) }
        #expect(found == due, "\(level.name)")
      }
    }
  }
}
