#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// The values that a parameter may take.
enum Domain: Equatable, Sendable {
  /// Texts, each as likely as the others.
  case choices([String])
  /// Whole numbers, both ends included; by their logarithm or evenly.
  case integers(ClosedRange<Int>, isLogarithmic: Bool)
  /// Real numbers; by their logarithm or evenly.
  case reals(ClosedRange<Double>, isLogarithmic: Bool)

  /// Significant decimal digits of a real value: the text in the command line is the value, and a longer one tells nobody
  /// more.
  static let digits = 4

  /// The value at a place from 0 to below 1: equal stretches of places are equally likely values.
  ///
  /// Whole numbers a to b by their logarithm are those to which exp(U) is rounded, U uniform from ln(a − ½) to ln(b + ½).
  func value(at place: Double) -> String {
    switch self {
    case .choices(let texts): return texts[min(Int(place * Double(texts.count)), texts.count - 1)]
    case .integers(let range, isLogarithmic: false):
      let count = Double(range.upperBound) - Double(range.lowerBound) + 1
      return String(min(range.lowerBound + Int(place * count), range.upperBound))
    case .integers(let range, isLogarithmic: true):
      let (low, high) = (log(Double(range.lowerBound) - 0.5), log(Double(range.upperBound) + 0.5))
      let value = Int(exp(low + place * (high - low)).rounded())
      return String(min(max(value, range.lowerBound), range.upperBound))
    case .reals(let range, let isLogarithmic):
      return Numbers.text(Domain.point(place, of: range, isLogarithmic))
    }
  }

  /// So many values from one end to the other, evenly spaced by value or by logarithm; nil for choices, which have their
  /// own. Whole numbers that round to the same are one level.
  func levels(_ count: Int) -> [String]? {
    func place(_ i: Int) -> Double { count == 1 ? 0 : Double(i) / Double(count - 1) }
    switch self {
    case .choices: return nil
    case .integers(let range, let isLogarithmic):
      let ends = Double(range.lowerBound)...Double(range.upperBound)
      var levels: [String] = []
      for i in 0..<count {
        let level = String(Int(Domain.position(place(i), in: ends, isLogarithmic).rounded()))
        if level != levels.last { levels.append(level) }
      }
      return levels
    case .reals(let range, let isLogarithmic):
      return (0..<count).map { Numbers.text(Domain.point(place($0), of: range, isLogarithmic)) }
    }
  }

  /// Every value, where there are not too many: choices, and whole numbers.
  var allValues: [String]? {
    switch self {
    case .choices(let texts): texts
    case .integers(let range, _) where range.count <= Domain.mostIntegers: range.map(String.init)
    case .integers, .reals: nil
    }
  }

  /// A grid has at most so many whole numbers of a range.
  static let mostIntegers = 10_000

  /// Whether the values are numbers from a range, which have an order.
  var isRange: Bool { if case .choices = self { false } else { true } }

  private static func position(_ place: Double, in range: ClosedRange<Double>, _ isLogarithmic: Bool) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLogarithmic ? exp(log(low) + place * (log(high) - log(low))) : low + place * (high - low)
  }

  private static func point(_ place: Double, of range: ClosedRange<Double>, _ isLogarithmic: Bool) -> Double {
    let value = Numbers.rounded(position(place, in: range, isLogarithmic), digits: digits)
    return min(max(value, range.lowerBound), range.upperBound)
  }
}
