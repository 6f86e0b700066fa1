/// Zeroed memory for numbers, aligned to 64 bytes and freed with the object.
///
/// The memory lives as long as the object: hold it (withExtendedLifetime) while its pointer is in use.
/// Who shares a buffer between threads sees to it that they touch different elements.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  public let pointer: UnsafeMutablePointer<Element>
  /// How many elements there are.
  public let count: Int

  /// A buffer of `count` elements, all bits zero; its allocation is rounded up to 64 bytes.
  public init(count: Int) {
    let bytes = max(64, (count * MemoryLayout<Element>.stride + 63) / 64 * 64)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    pointer = memory.assumingMemoryBound(to: Element.self)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  /// The element at an index, unchecked.
  @inlinable
  public subscript(index: Int) -> Element {
    get { pointer[index] }
    set { pointer[index] = newValue }
  }
}
