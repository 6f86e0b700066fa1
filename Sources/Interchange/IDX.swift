import Tensors

/// The IDX format of the MNIST files: two zero bytes, an element type, a rank, the sizes as 32-bit big-endian numbers,
/// then the elements, big-endian, row-major (http://yann.lecun.com/exdb/mnist/).
enum IDX {
  /// The array in a file. Its declared sizes are checked against the bytes that are there.
  static func read(_ file: OutsideFile) throws(Failure) -> Tensor {
    let bytes = try file.readSized("the IDX array") { (bytes) throws(Failure) in
      try header(bytes, file.name)?.size
    }
    guard let found = try bytes.withBytes({ (bytes) throws(Failure) in try header(bytes, file.name) }) else {
      throw .input("\(file.name): truncated: the header of the IDX array is not whole")
    }
    let elements = bytes[rows: found.start..<found.size]
    return StoredElements(type: found.type, isBigEndian: true).tensor(elements, shape: found.shape)
  }

  private struct Header {
    var type: ElementType
    var shape: [Int]
    var start: Int
    var size: Int
  }

  /// The header; nil when the bytes do not hold all of it.
  private static func header(_ bytes: UnsafeRawBufferPointer, _ name: String) throws(Failure) -> Header? {
    guard bytes.count >= 4 else { return nil }
    let rank = Int(bytes[3])
    let start = 4 + 4 * rank
    guard bytes.count >= start else { return nil }
    let type: ElementType
    switch bytes[2] {
    case 8: type = .uint8
    case 9: type = .int8
    case 0xb: type = .int16
    case 0xc: type = .int32
    case 0xd: type = .float32
    case 0xe: type = .float64
    default: throw .input("\(name): IDX element type \(bytes[2]); known are 8, 9, 11, 12, 13 and 14")
    }
    var shape: [Int] = []
    var size = type.width
    for axis in 0..<rank {
      let word = bytes.loadUnaligned(fromByteOffset: 4 + 4 * axis, as: UInt32.self)
      shape.append(Int(UInt32(bigEndian: word)))
      let (product, overflow) = size.multipliedReportingOverflow(by: max(shape[axis], 1))
      guard !overflow else { throw .input("\(name): IDX sizes \(shape): their product overflows") }
      size = product
    }
    if shape.contains(0) { size = 0 }
    let (total, overflow) = size.addingReportingOverflow(start)
    guard !overflow else { throw .input("\(name): IDX sizes \(shape): their product overflows") }
    return Header(type: type, shape: shape, start: start, size: total)
  }
}
