/// Elements as Swift arrays, converted from whatever type the tensor has.
extension Tensor {
  /// The elements as 32-bit floats (rounded when they are wider).
  public var floats: [Float] {
    switch type {
    case .float32: withElements(of: Float.self) { Array($0) }
    case .uint8, .bool: withElements(of: UInt8.self) { $0.map(Float.init) }
    case .float16: withElements(of: UInt16.self) { $0.map { Float(half: $0) } }
    case .bfloat16: withElements(of: UInt16.self) { $0.map { Float(brain: $0) } }
    default: doubles.map(Float.init)
    }
  }

  /// The elements as 64-bit floats.
  public var doubles: [Double] {
    switch type {
    case .float64: withElements(of: Double.self) { Array($0) }
    case .float32: withElements(of: Float.self) { $0.map(Double.init) }
    case .float16: withElements(of: UInt16.self) { $0.map { Double(Float(half: $0)) } }
    case .bfloat16: withElements(of: UInt16.self) { $0.map { Double(Float(brain: $0)) } }
    case .int64: withElements(of: Int64.self) { $0.map(Double.init) }
    case .int32: withElements(of: Int32.self) { $0.map(Double.init) }
    case .int16: withElements(of: Int16.self) { $0.map(Double.init) }
    case .int8: withElements(of: Int8.self) { $0.map(Double.init) }
    case .uint8, .bool: withElements(of: UInt8.self) { $0.map(Double.init) }
    }
  }

  /// The elements as 64-bit integers; nil when one of them is not a whole number that fits.
  public var integers: [Int64]? {
    switch type {
    case .int64: withElements(of: Int64.self) { Array($0) }
    case .int32: withElements(of: Int32.self) { $0.map(Int64.init) }
    case .int16: withElements(of: Int16.self) { $0.map(Int64.init) }
    case .int8: withElements(of: Int8.self) { $0.map(Int64.init) }
    case .uint8, .bool: withElements(of: UInt8.self) { $0.map(Int64.init) }
    case .float64, .float32, .float16, .bfloat16:
      {
        var result: [Int64] = []
        for value in doubles {
          guard let whole = Int64(exactly: value) else { return nil }
          result.append(whole)
        }
        return result
      }()
    }
  }

  /// The same values as 32-bit floats, sharing storage when they already are.
  public var asFloat32: Tensor { type == .float32 ? self : Tensor(floats, shape: shape) }

  /// Whether two tensors have the same type, shape and bytes.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.type == right.type && left.shape == right.shape
      && left.withBytes { a in right.withBytes { b in a.elementsEqual(b) } }
  }
}
