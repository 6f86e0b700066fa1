#if canImport(Glibc)
  import Glibc
#endif

/// A number at an axis.
public struct Tick: Equatable, Sendable {
  /// Where.
  public var value: Double
  /// What is written there; empty for a tick alone.
  public var label: String
}

/// Ticks at nice numbers: 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels", Graphics Gems).
enum Ticks {
  /// The smallest nice step that makes at most `count` ticks (at least 2) of a range.
  static func step(_ domain: ClosedRange<Double>, atMost count: Int, whole: Bool = false) -> Double {
    let rough = (domain.upperBound - domain.lowerBound) / Double(max(1, count - 1))
    guard rough > 0, rough.isFinite else { return 1 }
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * (1 - 1e-9) } ?? 10 * power
    return whole ? max(1, step.rounded()) : step
  }

  /// At most `count` ticks of a scale.
  static func of(_ scale: Scale, atMost count: Int) -> [Tick] {
    switch scale.kind {
    case .linear: return even(scale.domain, step(scale.domain, atMost: count))
    case .whole: return even(scale.domain, step(scale.domain, atMost: count, whole: true))
    case .logarithmic: return powers(scale.domain, atMost: count)
    case .names(let names):
      let stride = max(1, (names.count + count - 1) / max(1, count))
      return names.indices.filter { $0 % stride == 0 }.map { Tick(value: Double($0), label: names[$0]) }
    }
  }

  private static func even(_ domain: ClosedRange<Double>, _ step: Double) -> [Tick] {
    // A step far below the numbers' own precision has no multiples to tell apart.
    let (low, high) = (domain.lowerBound / step, domain.upperBound / step)
    guard abs(low) < 1e12, abs(high) < 1e12 else { return [] }
    let first = Int((low - 1e-6).rounded(.up))
    let last = Int((high + 1e-6).rounded(.down))
    guard first <= last else { return [] }
    let values = (first...last).map { Double($0) * step }
    return zip(values, DecimalText.labels(values, step: step)).map { Tick(value: $0, label: $1) }
  }

  private static func powers(_ domain: ClosedRange<Double>, atMost count: Int) -> [Tick] {
    let low = Int((log10(domain.lowerBound) - 1e-9).rounded(.up))
    let high = Int((log10(domain.upperBound) + 1e-9).rounded(.down))
    if low + 1 >= high {  // fewer than three powers: 1, 2 and 5 of each, or even steps
      let between = (low - 1...high + 1).flatMap { exponent in
        [1, 2, 5].map { Double($0) * pow(10, Double(exponent)) }
      }.filter { domain.contains($0) }
      if between.count <= count, between.count >= 2 {
        return between.map { Tick(value: $0, label: DecimalText.labels([$0], step: $0)[0]) }
      }
      let ticks = even(domain, step(domain, atMost: count))
      if low > high, ticks.count >= 2 { return ticks.filter { domain.contains($0.value) } }
    }
    guard low <= high else { return [] }
    let stride = max(1, (high - low + count) / max(1, count))
    return (low...high).filter { ($0 - high) % stride == 0 }.map {
      Tick(value: pow(10, Double($0)), label: DecimalText.power($0))
    }
  }
}
