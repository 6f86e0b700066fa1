/// The element types that frames may hold, under safetensors' names.
public enum ElementType: String, CaseIterable, Sendable {
  case float64 = "F64"
  case int64 = "I64"
  case float32 = "F32"
  case int32 = "I32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int16 = "I16"
  case uint8 = "U8"
  case int8 = "I8"
  case bool = "BOOL"

  /// Bytes of one element.
  public var width: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .uint8, .int8, .bool: 1
    }
  }

  /// Whether elements are whole numbers.
  public var isInteger: Bool {
    switch self {
    case .int64, .int32, .int16, .uint8, .int8, .bool: true
    case .float64, .float32, .float16, .bfloat16: false
    }
  }
}

extension Float {
  /// The value of an IEEE 754 half-precision number given by its bits.
  init(half bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1f
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24  // subnormal halves are normal floats
      self = sign == 0 ? magnitude : -magnitude
    case 0x1f:
      self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The value of a bfloat16 given by its bits: the upper half of a float.
  init(brain bits: UInt16) { self = Float(bitPattern: UInt32(bits) << 16) }
}
