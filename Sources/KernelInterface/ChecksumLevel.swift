/// CRC-32 of long runs of bytes.
public protocol ChecksumLevel {
  /// Folds `blocks` · 64 bytes, from 1 block up, to 16 bytes that stand for them: CRC-32 continued over the 16, from a
  /// register of 0, is what it is continued over all the bytes from the register `start`. The register is the CRC-32
  /// before its final complement.
  ///
  /// Nil where the level has no product of polynomials over GF(2).
  static func foldChecksum(_ bytes: UnsafeRawPointer, blocks: Int, start: UInt32) -> SIMD2<UInt64>?
}
