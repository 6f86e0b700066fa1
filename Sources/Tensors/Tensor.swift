#if canImport(Glibc)
  import Glibc
#endif

/// An n-dimensional array, row-major and contiguous, little-endian as safetensors stores it.
///
/// Tensors share storage: a slice of rows, or a tensor of a mapped file, copies nothing.
public struct Tensor: Sendable {
  /// The type of the elements.
  public let type: ElementType
  /// Sizes of the dimensions; empty for a single number.
  public let shape: [Int]
  private let storage: Storage
  private let offset: Int

  init(type: ElementType, shape: [Int], storage: Storage, offset: Int) {
    self.type = type
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// A new tensor whose zeroed bytes `fill` writes.
  public init(
    type: ElementType, shape: [Int],
    fill: (UnsafeMutableRawBufferPointer) throws -> Void = { _ in }
  ) rethrows {
    let bytes = shape.reduce(1, *) * type.width
    let storage = Storage(zeroed: bytes)
    try fill(UnsafeMutableRawBufferPointer(start: storage.base, count: bytes))
    self.init(type: type, shape: shape, storage: storage, offset: 0)
  }

  /// A tensor of 32-bit floats; `values.count` is the product of `shape`.
  public init(_ values: [Float], shape: [Int]) {
    self.init(type: .float32, shape: shape, elements: values)
  }
  /// A tensor of 64-bit floats; `values.count` is the product of `shape`.
  public init(_ values: [Double], shape: [Int]) {
    self.init(type: .float64, shape: shape, elements: values)
  }
  /// A tensor of 64-bit integers; `values.count` is the product of `shape`.
  public init(_ values: [Int64], shape: [Int]) {
    self.init(type: .int64, shape: shape, elements: values)
  }
  /// A tensor of bytes; `values.count` is the product of `shape`.
  public init(_ values: [UInt8], shape: [Int]) {
    self.init(type: .uint8, shape: shape, elements: values)
  }

  private init<Element: BitwiseCopyable>(type: ElementType, shape: [Int], elements: [Element]) {
    precondition(elements.count == shape.reduce(1, *))
    self.init(type: type, shape: shape) { bytes in
      elements.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// The number of bytes.
  public var byteCount: Int { count * type.width }
  /// The size of the first dimension; 1 for a single number.
  public var rows: Int { shape.first ?? 1 }
  /// Elements of one row: the product of all dimensions but the first.
  public var rowCount: Int { shape.dropFirst().reduce(1, *) }

  /// The bytes that are computed when they are wanted, where they are the whole of this tensor.
  var deferred: (any DeferredBytes)? {
    storage.count == byteCount ? storage.deferred?.bytes : nil
  }

  /// The bytes, for as long as `body` runs.
  public func withBytes<Result, Error>(
    _ body: (UnsafeRawBufferPointer) throws(Error) -> Result
  ) throws(Error) -> Result {
    try body(UnsafeRawBufferPointer(start: storage.base + offset, count: byteCount))
  }

  /// The elements as they are stored, for as long as `body` runs. `Element` must be what `type` says.
  public func withElements<Element: BitwiseCopyable, Result, Error>(
    of _: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws(Error) -> Result
  ) throws(Error) -> Result {
    precondition(MemoryLayout<Element>.size == type.width)
    return try withBytes { (bytes) throws(Error) in
      // Frames align their data, but a foreign file need not: then this one tensor is copied.
      if UInt(bitPattern: bytes.baseAddress) % UInt(MemoryLayout<Element>.alignment) == 0 {
        return try body(bytes.bindMemory(to: Element.self))
      }
      let copy = Array<Element>(unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        initialized = count
      }
      return try copy.withUnsafeBufferPointer(body)
    }
  }

  /// The same elements in another shape of the same size.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count)
    return Tensor(type: type, shape: shape, storage: storage, offset: offset)
  }

  /// The same bytes read as another type and shape of the same size in bytes, sharing storage.
  public func viewed(as type: ElementType, shape: [Int]) -> Tensor {
    precondition(shape.reduce(type.width, *) == byteCount)
    return Tensor(type: type, shape: shape, storage: storage, offset: offset)
  }

  /// The rows of a range, sharing storage.
  public subscript(rows range: Range<Int>) -> Tensor {
    precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= rows)
    return Tensor(
      type: type, shape: [range.count] + shape.dropFirst(), storage: storage,
      offset: offset + range.lowerBound * rowCount * type.width)
  }

  /// A copy of the chosen rows, in the order given.
  public func gathering(rows indices: [Int]) -> Tensor {
    let width = rowCount * type.width
    return Tensor(type: type, shape: [indices.count] + shape.dropFirst()) { target in
      withBytes { source in
        guard width > 0, let to = target.baseAddress, let from = source.baseAddress else { return }
        for (i, row) in indices.enumerated() { memcpy(to + i * width, from + row * width, width) }
      }
    }
  }

  /// One tensor of the rows of several, which agree in type and in all dimensions but the first.
  public static func concatenating(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first else { return Tensor([Float](), shape: [0]) }
    if parts.count == 1 { return first }
    // Memory is claimed by the first part's row, so a wider row of another would be written beyond its end.
    precondition(parts.allSatisfy { $0.type == first.type && $0.shape.dropFirst() == first.shape.dropFirst() })
    let rows = parts.reduce(0) { $0 + $1.rows }
    return Tensor(type: first.type, shape: [rows] + first.shape.dropFirst()) { target in
      var position = 0
      for part in parts {
        part.withBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: target[position..<position + bytes.count])
            .copyMemory(from: bytes)
          position += bytes.count
        }
      }
    }
  }
}
