import Glibc

/// Zeroed memory for numbers, aligned to 64 bytes and freed with the object.
///
/// The memory lives as long as the object: hold it (withExtendedLifetime) while its pointer is in use.
/// Who shares a buffer between threads sees to it that they touch different elements.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  public let pointer: UnsafeMutablePointer<Element>
  /// How many elements there are.
  public let count: Int
  private let allocation: UnsafeMutableRawPointer

  /// A buffer of `count` elements, all bits zero, with room up to the next multiple of 64 bytes.
  ///
  /// Large blocks are calloc's fresh pages, which cost nothing until they are used: room for a batch is claimed by the
  /// sizes that a model declares. Where the system has not so much, the process ends with one line and status 1.
  public init(count: Int) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    // One block of 64 for what rounding down leaves, one to align.
    guard !overflow, let allocation = calloc(bytes / 64 + 2, 64) else {
      outOfMemory(overflow ? Int.max : bytes)
    }
    self.allocation = allocation
    pointer = allocation.alignedUp(toMultipleOf: 64).assumingMemoryBound(to: Element.self)
    self.count = count
  }

  deinit { free(allocation) }

  /// The element at an index, unchecked.
  @inlinable
  public subscript(index: Int) -> Element {
    get { pointer[index] }
    set { pointer[index] = newValue }
  }
}
