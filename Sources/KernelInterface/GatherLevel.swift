/// The type of a stored data matrix's elements.
public enum ElementType: CaseIterable, Sendable {
  case float32, float64, float16
  case uint8, int8, uint16, int16, uint32, int32, uint64, int64

  /// Bytes of one element.
  @inlinable
  public var byteCount: Int {
    switch self {
    case .uint8, .int8: 1
    case .float16, .uint16, .int16: 2
    case .float32, .uint32, .int32: 4
    case .float64, .uint64, .int64: 8
    }
  }
}

/// Selection of rows from a data matrix.
public protocol GatherLevel {
  /// to[i, c] = Float(from[indices[i], c]), for i < count and c < columns, from a contiguous matrix
  /// [n, columns] of `type` (any alignment). Padding lanes of `to` are left alone. With nil indices, row
  /// `first + i` is taken.
  static func gatherRows(
    type: ElementType, from: UnsafeRawPointer, columns: Int, indices: UnsafePointer<Int32>?, first: Int,
    count: Int, to: UnsafeMutablePointer<Float>, ld: Int)
}
