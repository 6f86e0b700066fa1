import Synchronization

/// The bytes of a tensor that are computed when they are wanted: rows that are quickly made from others, which are held
/// anyway, are written without ever being there as a whole.
public protocol DeferredBytes: Sendable {
  /// The CRC-32 of all bytes.
  var checksum: UInt { get }

  /// Computes the bytes, the same each time, and calls `body` with one run of them after the other.
  func forEachRun<Error>(_ body: (UnsafeRawBufferPointer) throws(Error) -> Void) throws(Error)
}

extension Tensor {
  /// A tensor of bytes that are computed for each `checksum` and each time they are written. When anything else looks at
  /// them, they are computed once and kept.
  public init(type: ElementType, shape: [Int], deferred: some DeferredBytes) {
    let storage = Storage(count: shape.reduce(type.width, *), deferred: DeferredContent(deferred))
    self.init(type: type, shape: shape, storage: storage, offset: 0)
  }
}

/// What a storage is to hold once it is looked at.
final class DeferredContent: Sendable {
  let bytes: any DeferredBytes
  private let isThere = Mutex(false)

  init(_ bytes: any DeferredBytes) { self.bytes = bytes }

  /// Writes the bytes to `base` unless that was done before.
  func fill(_ base: UnsafeMutableRawPointer) {
    isThere.withLock { isThere in
      if isThere { return }
      var position = base
      bytes.forEachRun { run in
        UnsafeMutableRawBufferPointer(start: position, count: run.count).copyMemory(from: run)
        position += run.count
      }
      isThere = true
    }
  }
}
