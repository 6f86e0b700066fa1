#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// Numbers at axes: as many decimals as tell neighbours apart.
enum DecimalText {
  /// A number with a fixed count of decimals (at most 15), without a minus before zeros alone.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let power = pow(10, Double(decimals))
    let scaled = (abs(value) * power).rounded()
    guard scaled < 9e15 else { return Numbers.text(value) }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return decimals == 0 ? sign + padded : sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// Labels for numbers that are apart by `step` or multiples of it.
  static func labels(_ values: [Double], step: Double) -> [String] {
    let largest = values.map { abs($0) }.max() ?? 0
    let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    if largest < 1e6, decimals <= 4 { return values.map { fixed($0, decimals: decimals) } }
    let exponent = Int(log10(max(largest, step)).rounded(.down))
    let kept = max(0, exponent - Int((log10(step) + 1e-9).rounded(.down)))
    return values.map { value in
      if value == 0 { return "0" }
      let own = Int((log10(abs(value)) + 1e-9).rounded(.down))
      return fixed(value / pow(10, Double(own)), decimals: max(0, min(kept - (exponent - own), 6))) + "e\(own)"
    }
  }

  /// A power of ten: 0.001, 1, 100, 1e5.
  static func power(_ exponent: Int) -> String {
    switch exponent {
    case 0...4: "1" + String(repeating: "0", count: exponent)
    case -3..<0: "0." + String(repeating: "0", count: -exponent - 1) + "1"
    default: "1e\(exponent)"
    }
  }

  /// A share as a percentage.
  static func percent(_ share: Double, decimals: Int = 0) -> String { fixed(100 * share, decimals: decimals) + "%" }
}
