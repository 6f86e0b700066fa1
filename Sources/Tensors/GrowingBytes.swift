#if canImport(Glibc)
  import Glibc
#endif
import func Kernels.outOfMemory

/// Memory that grows as bytes arrive and then becomes a tensor without a copy.
///
/// Capacity doubles, so that appending costs constant time on average; what is claimed but not yet written is never
/// touched, so a length that an input only declares costs nothing.
public final class GrowingBytes {
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Bytes written so far.
  public private(set) var count = 0

  /// No bytes yet.
  public init() {}

  deinit { free(base) }

  /// Room for at least `length` more bytes (more when there is more); valid until the next call.
  public func room(for length: Int) -> UnsafeMutableRawBufferPointer {
    let (wanted, overflow) = count.addingReportingOverflow(length)
    if overflow { outOfMemory(length) }
    if wanted > capacity || base == nil {
      let larger = max(wanted, capacity > Int.max / 2 ? wanted : capacity * 2, 64)
      guard let moved = realloc(base, larger) else { outOfMemory(larger - capacity) }
      base = moved
      capacity = larger
    }
    return UnsafeMutableRawBufferPointer(start: base.map { $0 + count }, count: capacity - count)
  }

  /// Counts `length` bytes of the room as written.
  public func commit(_ length: Int) {
    precondition(length >= 0 && length <= capacity - count)
    count += length
  }

  /// Appends what `read` gives (0 is its end) until `limit` bytes are there; returns whether the end came first.
  ///
  /// At most `limit` bytes are held, and no more room is claimed than twice what has arrived.
  @discardableResult
  public func fill(
    upTo limit: Int, from read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Bool {
    while count < limit {
      let space = room(for: min(limit - count, max(count, 1 << 16)))
      let got = try read(UnsafeMutableRawBufferPointer(rebasing: space.prefix(limit - count)))
      if got == 0 { return true }
      commit(got)
    }
    return false
  }

  /// The bytes, for as long as `body` runs.
  public func withBytes<Result, Error>(
    _ body: (UnsafeRawBufferPointer) throws(Error) -> Result
  ) throws(Error) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count))
  }

  /// The bytes as a tensor, whose `shape` and `type` make exactly `count` bytes; nothing is left here.
  public func finish(type: ElementType, shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) * type.width == count)
    guard let block = base else { return Tensor(type: type, shape: shape) { _ in } }
    let fitting = realloc(block, max(count, 1)) ?? block
    let storage = Storage(heap: fitting, count: count)
    base = nil
    (capacity, count) = (0, 0)
    return Tensor(type: type, shape: shape, storage: storage, offset: 0)
  }
}
