#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// The 1cycle policy (Smith and Topin 2019; PyTorch's OneCycleLR): the rate rises from lr/div_factor to lr at
/// t = pct_start·T − 1, and falls to lr/div_factor/final_div_factor at T − 1, while the momentum falls from
/// max_momentum to base_momentum and rises again.
///
/// With three phases the rate is back at lr/div_factor at 2·pct_start·T − 2 and falls to the end from there.
struct OneCycle: Curve {
  static let kind = ScheduleKind(
    "1cycle", arguments: "",
    keys: "pct_start=0.3 anneal=cos div_factor=25 final_div_factor=1e4 three_phase=no cycle_momentum=yes "
      + "base_momentum=0.85 max_momentum=0.95",
    summary: "lr/div_factor up to lr and down to lr/div_factor/final_div_factor; momentum (or beta1) down and up",
    countsSteps: true, takesWarmUp: false
  ) { reader throws(Failure) in try OneCycle(&reader) }

  /// A stretch from one rate and one momentum to the next.
  private struct Phase {
    var start: Double
    var end: Double
    var rates: (from: Double, to: Double)
    var momenta: (from: Double, to: Double)
  }

  private let risingShare: Double
  private let isLinear: Bool
  private let low: Double
  private let lowest: Double
  private let hasThreePhases: Bool
  private let cyclesMomentum: Bool
  private let baseMomentum: Double
  private let maximumMomentum: Double

  private init(_ reader: inout SpecReader) throws(Failure) {
    risingShare = try reader.number("pct_start", in: .share, default: 0.3)
    switch try reader.text("anneal") {
    case nil, "cos": isLinear = false
    case "linear": isLinear = true
    case let other?: throw reader.failure("anneal '\(other)': cos or linear is due")
    }
    low = 1 / (try reader.number("div_factor", in: .positive, default: 25))
    lowest = low / (try reader.number("final_div_factor", in: .positive, default: 1e4))
    hasThreePhases = try reader.flag("three_phase", default: false)
    cyclesMomentum = try reader.flag("cycle_momentum", default: true)
    baseMomentum = try reader.number("base_momentum", in: .belowOne, default: 0.85)
    maximumMomentum = try reader.number("max_momentum", in: .belowOne, default: 0.95)
    guard !hasThreePhases || risingShare <= 0.5 else {
      throw reader.failure("three_phase takes a pct_start of at most 0.5, since the fall is as long as the rise")
    }
  }

  var followsTotal: Bool { true }

  func value(base: Double, at t: Int, of total: Int) -> Schedule.Value {
    let (t, last) = (Double(t), Double(total) - 1)
    let peak = risingShare * Double(total) - 1
    let phase =
      if t <= peak {
        Phase(start: 0, end: peak, rates: (low, 1), momenta: (maximumMomentum, baseMomentum))
      } else if !hasThreePhases {
        Phase(start: peak, end: last, rates: (1, lowest), momenta: (baseMomentum, maximumMomentum))
      } else if t <= 2 * peak {
        Phase(start: peak, end: 2 * peak, rates: (1, low), momenta: (baseMomentum, maximumMomentum))
      } else {
        Phase(start: 2 * peak, end: last, rates: (low, lowest), momenta: (maximumMomentum, maximumMomentum))
      }
    let share = phase.end > phase.start ? (t - phase.start) / (phase.end - phase.start) : 1
    return Schedule.Value(
      learningRate: base * between(phase.rates, share),
      momentum: cyclesMomentum ? between(phase.momenta, share) : nil)
  }

  private func between(_ ends: (from: Double, to: Double), _ share: Double) -> Double {
    isLinear
      ? ends.from + (ends.to - ends.from) * share
      : ends.to + (ends.from - ends.to) / 2 * (cos(.pi * share) + 1)
  }
}
