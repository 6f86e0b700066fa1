import Glibc
import KernelInterface

/// Random numbers for one row of a matrix: that of a column is a function of the key, the stream, the row and the column
/// alone, so that neither tiles nor threads change it. The blocks are Philox4×32-10(counter: (column/4, row, stream), key).
public struct RandomRow {
  private let key: UInt64
  private let stream: (UInt32, UInt32)
  private let row: UInt32

  /// The numbers of a row.
  ///
  /// - Parameter stream: the last two words of the counter, such as a step and a purpose.
  public init(key: UInt64, stream: (UInt32, UInt32), row: Int) {
    (self.key, self.stream, self.row) = (key, stream, UInt32(truncatingIfNeeded: row))
  }

  /// Writes uniform numbers, multiples of 2⁻²⁴ in [0, 1).
  public func uniforms(_ count: Int, into numbers: UnsafeMutablePointer<Float>) {
    forEachBlock(count) { first, uniforms in
      for i in 0..<min(4, count - first) { numbers[first + i] = uniforms[i] }
    }
  }

  /// Writes standard normal numbers (Box and Muller 1958, both branches of two uniform numbers).
  public func normals(_ count: Int, into numbers: UnsafeMutablePointer<Float>) {
    forEachBlock(count) { first, uniforms in
      for i in stride(from: 0, to: min(4, count - first), by: 2) {
        let radius = (-2 * logf(1 - uniforms[i])).squareRoot()
        let angle = 2 * Float.pi * uniforms[i + 1]
        numbers[first + i] = radius * cosf(angle)
        if first + i + 1 < count { numbers[first + i + 1] = radius * sinf(angle) }
      }
    }
  }

  @inline(__always)
  private func forEachBlock(_ count: Int, _ body: (Int, SIMD4<Float>) -> Void) {
    for first in stride(from: 0, to: count, by: 4) {
      let words = philox(
        counter: (UInt32(truncatingIfNeeded: first / 4), row, stream.0, stream.1), key: key)
      let bits = SIMD4(words.0, words.1, words.2, words.3) &>> SIMD4(repeating: 8)
      body(first, SIMD4<Float>(bits) * 0x1p-24)
    }
  }
}
