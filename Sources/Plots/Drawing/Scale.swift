#if canImport(Glibc)
  import Glibc
#endif

/// The map from the numbers of an axis to the share of its length, 0 to 1.
public struct Scale: Sendable {
  /// How numbers are spread.
  public enum Kind: Equatable, Sendable {
    /// Evenly.
    case linear
    /// Evenly, with ticks at whole numbers only.
    case whole
    /// By their logarithm; numbers that are not above 0 have no place.
    case logarithmic
    /// Things in order, numbered from 0, by their names.
    case names([String])
  }

  /// How numbers are spread.
  public let kind: Kind
  /// The numbers at the two ends.
  public let domain: ClosedRange<Double>

  /// Beyond it no number is drawn, so that differences are finite.
  private static let limit = 1e300

  /// A scale for some numbers.
  ///
  /// - Parameters:
  ///   - kind: how they are spread.
  ///   - values: the numbers; those that have no place are left out.
  ///   - fixed: the ends, which are otherwise those of the numbers.
  ///   - including: a number that the axis has in any case.
  public init(
    _ kind: Kind, of values: some Sequence<Double>, fixed: ClosedRange<Double>? = nil, including: Double? = nil
  ) {
    self.kind = kind
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where Scale.hasPlace(value, kind) { (low, high) = (min(low, value), max(high, value)) }
    if let including { (low, high) = (min(low, including), max(high, including)) }
    switch kind {
    case .names(let names): (low, high) = (-0.5, Double(max(1, names.count)) - 0.5)
    default: break
    }
    if let fixed { (low, high) = (fixed.lowerBound, fixed.upperBound) }
    if low > high { (low, high) = kind == .logarithmic ? (0.1, 1) : (0, 1) }
    if low == high {
      switch kind {
      case .logarithmic: (low, high) = (low / 2, high * 2)
      case .whole: (low, high) = (low - max(1, abs(low) / 10), high + max(1, abs(high) / 10))
      default:
        let half = low == 0 ? 1 : max(abs(low) / 10, 1 / Scale.limit)
        (low, high) = (low - half, high + half)
      }
    }
    domain = low...high
  }

  /// Whether a number can be shown.
  static func hasPlace(_ value: Double, _ kind: Kind) -> Bool {
    guard abs(value) <= limit else { return false }
    return kind != .logarithmic || value >= 1 / limit
  }

  /// The share of the axis at which a number stands; nil when it has no place.
  public func share(_ value: Double) -> Double? {
    guard Scale.hasPlace(value, kind) else { return nil }
    let (low, high) = (domain.lowerBound, domain.upperBound)
    if kind == .logarithmic { return (log(value) - log(low)) / (log(high) - log(low)) }
    return (value - low) / (high - low)
  }

  /// The same scale with ends moved out to ticks, or a little, so that lines keep off the frame.
  func widened(ticks: Int) -> Scale {
    switch kind {
    case .linear:
      let step = Ticks.step(domain, atMost: ticks)
      let low = (domain.lowerBound / step).rounded(.down) * step
      let high = (domain.upperBound / step).rounded(.up) * step
      guard low < high, high - low < 1.5 * (domain.upperBound - domain.lowerBound) else { return self }
      return Scale(kind, of: [], fixed: low...high)
    case .logarithmic:
      let margin = pow(domain.upperBound / domain.lowerBound, 0.03)
      let (low, high) = (domain.lowerBound / margin, domain.upperBound * margin)
      guard low >= 1 / Scale.limit, high <= Scale.limit else { return self }
      return Scale(kind, of: [], fixed: low...high)
    case .whole, .names: return self
    }
  }
}
