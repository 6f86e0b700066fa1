import Tensors

/// The .npy format of NumPy (numpy.lib.format), read in any byte order and either index order.
enum NPY {
  /// The array in a file. Its declared size is checked against the bytes that are there.
  static func read(_ file: OutsideFile) throws(Failure) -> Tensor {
    let bytes = try file.readSized("the .npy array") { (bytes) throws(Failure) in
      try NPYHeader(bytes, place: file.name)?.size
    }
    return try array(bytes, place: file.name)
  }

  /// The array that some bytes hold, which end where it ends.
  static func array(_ bytes: Tensor, place: String) throws(Failure) -> Tensor {
    let header = try bytes.withBytes { (bytes) throws(Failure) in try NPYHeader(bytes, place: place) }
    guard let header else { throw .input("\(place): truncated: the header of the .npy array is not whole") }
    guard bytes.count == header.size else {
      throw .input("\(place): \(bytes.count) bytes where the .npy header declares \(header.size)")
    }
    let elements = bytes[rows: header.start..<header.size]
    guard header.isColumnMajor, header.shape.count > 1, !elements.shape.contains(0) else {
      return header.elements.tensor(elements, shape: header.shape)
    }
    return header.elements.tensor(elements, shape: header.shape.reversed()).fromColumnMajor(shape: header.shape)
  }

  /// The bytes before the elements of a little-endian, row-major array: version 1.0, padded so that the elements start
  /// at a multiple of 64. `type` must have a NumPy name, which bfloat16 has not.
  static func header(type: ElementType, shape: [Int]) -> [UInt8] {
    let names: [ElementType: String] = [
      .float64: "<f8", .float32: "<f4", .float16: "<f2", .int64: "<i8", .int32: "<i4", .int16: "<i2", .int8: "|i1",
      .uint8: "|u1", .bool: "|b1",
    ]
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(names[type] ?? "")', 'fortran_order': False, 'shape': (\(sizes)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let length = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8)
  }

  /// The tensor as NumPy can hold it: bfloat16 becomes 32-bit floats, which is exact.
  static func storable(_ tensor: Tensor) -> Tensor { tensor.type == .bfloat16 ? tensor.asFloat32 : tensor }
}
