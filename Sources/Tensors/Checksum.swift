import CZlib
import Kernels

/// CRC-32 (ISO 3309, as in gzip and PNG): of a frame's data, and of whatever must be known again.
public enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt = 0) -> UInt {
    guard let base = bytes.baseAddress else { return start }
    let blocks = bytes.count / 64
    // To ask the processor what it can do is not worth it for less.
    guard blocks >= 64, let folded = kernels.foldChecksum(base, blocks: blocks, start: ~UInt32(start)) else {
      return plain(bytes, after: start)
    }
    let sum = withUnsafeBytes(of: folded) { plain($0, after: UInt(UInt32.max)) }
    return plain(UnsafeRawBufferPointer(rebasing: bytes[(64 * blocks)...]), after: sum)
  }

  private static func plain(_ bytes: UnsafeRawBufferPointer, after start: UInt) -> UInt {
    guard let base = bytes.baseAddress else { return start }
    return crc32_z(start, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// The checksum of an array's bytes, continuing an earlier one.
  public static func of<Element: BitwiseCopyable>(_ values: [Element], after start: UInt = 0) -> UInt {
    values.withUnsafeBytes { of($0, after: start) }
  }

  /// The checksum of named tensors, whatever order they are kept in.
  public static func of(_ tensors: [String: Tensor]) -> UInt {
    var sum: UInt = 0
    for name in tensors.keys.sorted() {
      sum = of(Array(name.utf8), after: sum)
      if let tensor = tensors[name] { sum = tensor.checksum(after: sum) }
    }
    return sum
  }

  /// Eight lower-case hexadecimal digits.
  public static func text(_ value: UInt) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Tensor {
  /// The checksum of the tensor's bytes, continuing an earlier one.
  public func checksum(after start: UInt = 0) -> UInt { withBytes { Checksum.of($0, after: start) } }
}
