import Tensors

/// Elements as an outside file stores them: a type, and the order of the bytes.
struct StoredElements {
  /// The type of the elements.
  var type: ElementType
  /// Whether the most significant byte comes first.
  var isBigEndian: Bool

  /// The elements of `bytes` (U8, exactly `shape` of them) as a tensor of the same type, little-endian; shares the
  /// bytes when they are so already.
  func tensor(_ bytes: Tensor, shape: [Int]) -> Tensor {
    guard isBigEndian, type.width > 1 else { return bytes.viewed(as: type, shape: shape) }
    return Tensor(type: type, shape: shape) { target in
      bytes.withBytes { source in
        switch type.width {
        case 2: swapBytes(UInt16.self, source, target)
        case 4: swapBytes(UInt32.self, source, target)
        default: swapBytes(UInt64.self, source, target)
        }
      }
    }
  }

  private func swapBytes<Word: FixedWidthInteger & BitwiseCopyable>(
    _: Word.Type, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) {
    let width = MemoryLayout<Word>.size
    for start in stride(from: 0, to: source.count, by: width) {
      let word = source.loadUnaligned(fromByteOffset: start, as: Word.self)
      target.storeBytes(of: word.byteSwapped, toByteOffset: start, as: Word.self)
    }
  }
}

extension Tensor {
  /// The inputs `x` that data frames hold: bytes stay bytes, everything else becomes 32-bit floats.
  var asInputs: Tensor { type == .uint8 ? self : asFloat32 }

  /// The same elements with the dimensions in opposite order: what a Fortran-ordered file means in C order.
  ///
  /// The tensor's bytes are those of the reversed shape read row by row.
  func fromColumnMajor(shape: [Int]) -> Tensor {
    let width = type.width
    // The step in the source of one step along each dimension of the result.
    var steps: [Int] = []
    var step = width
    for size in shape {
      steps.append(step)
      step *= size
    }
    return Tensor(type: type, shape: shape) { target in
      withBytes { source in
        var index = [Int](repeating: 0, count: shape.count)
        var from = 0
        for to in stride(from: 0, to: target.count, by: width) {
          for byte in 0..<width { target[to + byte] = source[from + byte] }
          var axis = shape.count - 1
          while axis >= 0 {
            index[axis] += 1
            from += steps[axis]
            if index[axis] < shape[axis] { break }
            from -= steps[axis] * shape[axis]
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }

  /// The position of the first NaN or infinity; nil when all elements are finite.
  var firstNotFinite: Int? {
    guard type == .float32 else { return nil }
    return withElements(of: Float.self) { values in
      for start in stride(from: 0, to: values.count, by: 4096) {
        let block = values[start..<min(start + 4096, values.count)]
        var found = false
        for value in block where !value.isFinite { found = true }
        if found { return block.firstIndex { !$0.isFinite } }
      }
      return nil
    }
  }
}
