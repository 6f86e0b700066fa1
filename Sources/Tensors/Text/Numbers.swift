#if canImport(Glibc)
  import Glibc
#endif

/// Numbers of the command line, read whole: "0.1x", "", "nan" and anything out of range are errors.
public enum Numbers {
  /// The numbers that an option takes, with the words for them.
  public struct Range: Sendable {
    let contains: @Sendable (Double) -> Bool
    let words: String

    /// Any finite number.
    public static let any = Range(contains: { _ in true }, words: "any number")
    /// Zero and above.
    public static let notNegative = Range(contains: { $0 >= 0 }, words: "a number from 0")
    /// Above zero.
    public static let positive = Range(contains: { $0 > 0 }, words: "a number above 0")
    /// Zero included, one not, as probabilities of dropping are.
    public static let belowOne = Range(contains: { $0 >= 0 && $0 < 1 }, words: "a number from 0 and below 1")
    /// From zero to one, both included.
    public static let share = Range(contains: { $0 >= 0 && $0 <= 1 }, words: "a number from 0 to 1")
    /// Above zero, to one.
    public static let positiveShare = Range(
      contains: { $0 > 0 && $0 <= 1 }, words: "a number above 0 and at most 1")
  }

  /// A whole number in a range.
  public static func integer(_ text: String, in range: ClosedRange<Int>) throws(Failure) -> Int {
    guard let value = Int(text), range.contains(value) else {
      let words =
        range.upperBound == Int.max
        ? "a whole number from \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw .usage("\(words) is due")
    }
    return value
  }

  /// A decimal number in a range, and in that of the 32-bit floats which the tools compute with.
  public static func number(_ text: String, in range: Range) throws(Failure) -> Double {
    let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
    guard isDecimal, let value = Double(text), value.isFinite, range.contains(value) else {
      throw .usage("\(range.words) is due")
    }
    guard Float(value).isFinite else { throw .usage("too large for 32-bit floats") }
    return value
  }

  /// A number rounded to so many significant decimal digits, of which its shortest text then has no more.
  public static func rounded(_ value: Double, digits: Int) -> Double {
    guard value != 0, value.isFinite else { return value }
    let exponent = Int(log10(abs(value)).rounded(.down)) - digits + 1
    // Read from decimal digits: multiplying by a power of ten would miss the nearest number to them.
    let mantissa = (value / pow(10, Double(exponent))).rounded()
    return Double("\(Int(mantissa))e\(exponent)") ?? value
  }

  /// The shortest text that reads back as the same number, whole numbers without a fraction.
  public static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}

extension BinaryFloatingPoint where Self: CustomStringConvertible {
  /// The number as messages show it: a NaN without its sign, which depends on the processor.
  public var shown: String { isNaN ? "nan" : description }
}
