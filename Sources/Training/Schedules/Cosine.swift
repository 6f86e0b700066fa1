#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// Half a cosine from the base rate to a share of it, once (PyTorch's CosineAnnealingLR) or again and again
/// (CosineAnnealingWarmRestarts; Loshchilov and Hutter 2017): lr · (END + (1 − END)·(1 + cos(π·t/T))/2), where with
/// restarts t counts from the last restart and T is the length of the period.
struct Cosine: Curve {
  static let kind = ScheduleKind(
    "cosine", arguments: "END=0", keys: "restart=T mult=1",
    summary: "lr · (END + (1 − END)·(1 + cos(π·t/T))/2); T = restart, each time mult times as long"
  ) { reader throws(Failure) in try Cosine(&reader) }

  private let end: Double
  /// The length of the first period; nil is the whole run.
  private let restart: Int?
  private let multiple: Int

  private init(_ reader: inout SpecReader) throws(Failure) {
    end = try reader.number("end", positional: true, in: .share, default: 0)
    let period = try reader.integer("restart", in: 1...Network.largestCount, default: 0)
    restart = period > 0 ? period : nil
    multiple = try reader.integer("mult", in: 1...1000, default: 1)
    guard multiple == 1 || restart != nil else { throw reader.failure("mult goes with restart=N") }
  }

  var followsTotal: Bool { restart == nil }

  func value(base: Double, at t: Int, of total: Int) -> Schedule.Value {
    let (t, period) = restart.map { place(of: t, period: $0) } ?? (t, total)
    let share = min(1, Double(t) / Double(period))
    return Schedule.Value(learningRate: base * (end + (1 - end) * (1 + cos(.pi * share)) / 2))
  }

  /// How far t is into its period, and how long that is.
  private func place(of t: Int, period: Int) -> (Int, Int) {
    guard multiple > 1 else { return (t % period, period) }
    var (left, period) = (t, period)
    while left >= period {
      left -= period
      period *= multiple
    }
    return (left, period)
  }
}
