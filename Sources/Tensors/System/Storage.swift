#if canImport(Glibc)
  import Glibc
#endif
import func Kernels.outOfMemory

/// A reference-counted run of bytes, on the heap or in a private mapping, of a file or of fresh zeros.
///
/// The one owner of raw memory in this library; everything above it sees tensors.
public final class Storage: @unchecked Sendable {
  private enum Owner { case heap, mapping(length: Int) }

  /// The first byte.
  var base: UnsafeMutableRawPointer {
    deferred?.fill(start)
    return start
  }
  /// Bytes that may be read.
  public let count: Int
  /// What is written to the memory when it is first looked at.
  let deferred: DeferredContent?
  private let start: UnsafeMutableRawPointer
  private let owner: Owner

  /// Zeroed memory, aligned to 64 bytes.
  public convenience init(zeroed count: Int) { self.init(count: count, deferred: nil) }

  /// Zeroed memory, aligned to 64 bytes, or memory that `deferred` is written to when it is first looked at.
  init(count: Int, deferred: DeferredContent?) {
    let length = max(64, (count + 63) & ~63)
    var pointer: UnsafeMutableRawPointer?
    // Large blocks are a mapping of fresh, already zero pages: memory is touched only when used.
    if length >= 1 << 20 {
      guard let pointer = System.map(-1, length) else { outOfMemory(length) }
      start = pointer
      self.owner = .mapping(length: length)
    } else {
      guard posix_memalign(&pointer, 64, length) == 0, let pointer else { outOfMemory(length) }
      memset(pointer, 0, length)
      start = pointer
      self.owner = .heap
    }
    self.deferred = deferred
    self.count = count
  }

  /// A copy of some bytes, aligned to 64 bytes, which ends where they end: a sanitizer sees a read beyond.
  init(copying bytes: UnsafeRawBufferPointer) {
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, 64, max(bytes.count, 1)) == 0, let pointer else {
      outOfMemory(bytes.count)
    }
    if let source = bytes.baseAddress { memcpy(pointer, source, bytes.count) }
    start = pointer
    deferred = nil
    count = bytes.count
    owner = .heap
  }

  /// Takes over a mapping of `length` bytes, made by mmap(2).
  init(mapping base: UnsafeMutableRawPointer, count: Int, length: Int) {
    start = base
    deferred = nil
    self.count = count
    self.owner = .mapping(length: length)
  }

  /// Takes over a malloc'ed block.
  init(heap base: UnsafeMutableRawPointer, count: Int) {
    start = base
    deferred = nil
    self.count = count
    self.owner = .heap
  }

  deinit {
    switch owner {
    case .heap: free(start)
    case .mapping(let length): munmap(start, length)
    }
  }
}
