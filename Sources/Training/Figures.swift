import Tensors

/// Figures for people.
public enum Figures {
  /// A number above 0 with two significant digits, as one would type it: 0.0012.
  public static func rough(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return value.shown }
    return Numbers.text(Numbers.rounded(value, digits: 2))
  }

  /// A time as people take it in: "12.3 s", "0.2 ms".
  public static func duration(_ seconds: Double) -> String {
    seconds < 0.1 ? "\(rough(seconds * 1000)) ms" : "\(short(seconds)) s"
  }

  /// A number with four decimals, or with two significant digits when it is small.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return value.shown }
    let size = abs(value)
    if size == 0 || (size >= 0.001 && size < 1e6) {
      let scaled = (size * 10000).rounded()
      let whole = Int(scaled / 10000)
      let fraction = String(Int(scaled) % 10000)
      return (value < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
    var exponent = 0
    var mantissa = size
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(value < 0 ? "-" : "")\((mantissa * 100).rounded() / 100)e\(exponent)"
  }
}
