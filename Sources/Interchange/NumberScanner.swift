/// Decimal numbers in bytes, read to the nearest 32-bit float without making a string of each.
enum NumberScanner {
  /// 10⁰ to 10²², which doubles hold exactly.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]

  /// The float nearest to a decimal number that fills all of `text` ("-1.5e3", ".5", "7."); nil when it is none.
  /// A number beyond the range of floats gives infinity.
  ///
  /// The usual number takes a fast path in the spirit of Clinger (How to Read Floating Point Numbers Accurately, PLDI
  /// 1990): up to 19 digits times or divided by up to 10²² are two double operations, off by at most two units in the
  /// last place of a double. Rounding that to a float is correct unless it lies as close as that to the middle between
  /// two floats; then, and for longer or subnormal numbers, strtof decides.
  @inline(__always)
  static func float(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    if text.count == 1 {
      let digit = text[0] &- 0x30
      return digit < 10 ? Float(digit) : nil
    }
    return long(text)
  }

  private static func long(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    var i = 0
    let end = text.count
    var isNegative = false
    if i < end, text[i] == 0x2d || text[i] == 0x2b {
      isNegative = text[i] == 0x2d
      i += 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var scale = 0
    while i < end, text[i] &- 0x30 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(text[i] &- 0x30)
      digits += 1
      i += 1
    }
    if i < end, text[i] == 0x2e {
      i += 1
      while i < end, text[i] &- 0x30 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(text[i] &- 0x30)
        digits += 1
        scale -= 1
        i += 1
      }
    }
    guard digits > 0 else { return nil }
    if i < end, text[i] | 0x20 == 0x65 {
      guard let exponent = exponent(text, from: i + 1) else { return nil }
      scale += exponent
      i = end
    }
    guard i == end else { return nil }
    // 19 digits cannot have overflowed 64 bits.
    if digits <= 19, scale >= -22, scale <= 22 {
      if mantissa == 0 { return isNegative ? -0.0 : 0 }
      let near = scale < 0 ? Double(mantissa) / powers[-scale] : Double(mantissa) * powers[scale]
      let middleDistance = Int64(near.bitPattern & 0x1fff_ffff) - 0x1000_0000
      let isNormal = near >= Double(Float.leastNormalMagnitude) && near <= Double(Float.greatestFiniteMagnitude)
      if isNormal, abs(middleDistance) > 4 { return Float(isNegative ? -near : near) }
    }
    return Float(String(decoding: text, as: UTF8.self))
  }

  /// The exponent that fills the rest of the text, kept within ±10⁶ (any beyond that is out of range anyhow).
  private static func exponent(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var i = start
    var isNegative = false
    if i < text.count, text[i] == 0x2d || text[i] == 0x2b {
      isNegative = text[i] == 0x2d
      i += 1
    }
    guard i < text.count else { return nil }
    var value = 0
    while i < text.count {
      guard text[i] &- 0x30 < 10 else { return nil }
      value = min(value * 10 + Int(text[i] &- 0x30), 1_000_000)
      i += 1
    }
    return isNegative ? -value : value
  }

  /// NaN or an infinity spelled as a word; nil for anything else.
  static func word(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard text.count <= 9 else { return nil }
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }
}

extension NumberScanner {
  /// Whether a text is a number but for a decimal comma: "1,5".
  static func hasDecimalComma(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.contains(0x2c) else { return false }
    let pointed = text.map { $0 == 0x2c ? UInt8(ascii: ".") : $0 }
    return pointed.withUnsafeBufferPointer(float) != nil
  }
}
