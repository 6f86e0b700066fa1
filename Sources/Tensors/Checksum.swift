import CZlib
import Kernels

/// CRC-32 (ISO 3309, as in gzip and PNG): of a frame's data, and of whatever must be known again.
public enum Checksum {
  /// The checksum of some bytes, continuing an earlier one.
  public static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt = 0) -> UInt {
    guard let base = bytes.baseAddress else { return start }
    let blocks = bytes.count / 64
    // To ask the processor what it can do is not worth it for less.
    guard blocks >= 64, let folded = kernels.foldChecksum(base, blocks: blocks, start: ~UInt32(start)) else {
      return plain(bytes, after: start)
    }
    let sum = withUnsafeBytes(of: folded) { plain($0, after: UInt(UInt32.max)) }
    return plain(UnsafeRawBufferPointer(rebasing: bytes[(64 * blocks)...]), after: sum)
  }

  /// Bytes from which on threads share the work, and how many each takes at a time.
  private static let part = 1 << 20

  /// The checksum by a team: each thread takes parts by themselves, whose sums are then combined. Of a mapped file the
  /// threads so share the reading, too.
  static func of(_ bytes: UnsafeRawBufferPointer, by team: ThreadTeam?) -> UInt {
    guard let team, team.count > 1, bytes.count >= 2 * part else { return of(bytes) }
    let sums = AlignedBuffer<UInt>(count: (bytes.count + part - 1) / part)
    func range(_ i: Int) -> Range<Int> { i * part..<min((i + 1) * part, bytes.count) }
    team.forEach(sums.count) { i in sums[i] = of(UnsafeRawBufferPointer(rebasing: bytes[range(i)])) }
    return (0..<sums.count).reduce(0) { joining($0, sums[$1], count: range($1).count) }
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

  /// The checksum of some bytes and then `count` more, from the checksums of both.
  public static func joining(_ first: UInt, _ second: UInt, count: Int) -> UInt { crc32_combine(first, second, count) }

  /// Eight lower-case hexadecimal digits.
  public static func text(_ value: UInt) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Tensor {
  /// The checksum of the tensor's bytes, continuing an earlier one.
  public func checksum(after start: UInt = 0) -> UInt {
    if let deferred { return Checksum.joining(start, deferred.checksum, count: byteCount) }
    return withBytes { Checksum.of($0, after: start) }
  }
}
