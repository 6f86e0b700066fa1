#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// How the learning rate moves: a factor on the base rate at each epoch (or step, with `by=step`).
public struct Schedule: Sendable {
  /// The spec it was made from.
  public let spec: Spec
  /// Whether it counts steps instead of epochs.
  public let countsSteps: Bool
  private let factor: @Sendable (_ t: Double, _ total: Double) -> Double

  /// The base rate throughout.
  public static let constant = Schedule()

  private init() {
    spec = Spec("constant")
    countsSteps = false
    factor = { _, _ in 1 }
  }

  /// The schedule of a text such as `step:30:0.1`.
  public init(parsing text: String) throws(Failure) {
    spec = try Spec(parsing: text)
    let kind = try ScheduleKind.named(spec.name)
    var reader = SpecReader(spec)
    factor = try kind.make(&reader)
    switch try reader.text("by") {
    case nil, "epoch": countsSteps = false
    case "step": countsSteps = true
    case let other?: throw reader.failure("by '\(other)': epoch or step is due")
    }
    try reader.finish()
  }

  /// The learning rate at an epoch or step `t` of `total`.
  public func rate(base: Double, at t: Int, of total: Int) -> Double { base * factor(Double(t), Double(total)) }
}

/// A kind of schedule, for registries and the manual.
public struct ScheduleKind: Kind {
  /// See `Kind`.
  public static let noun = "schedule"
  /// What its spec looks like.
  public let signature: Signature
  let make: @Sendable (inout SpecReader) throws(Failure) -> @Sendable (Double, Double) -> Double

  init(
    _ name: String, arguments: String = "", summary: String,
    make: @escaping @Sendable (inout SpecReader) throws(Failure) -> @Sendable (Double, Double) -> Double
  ) {
    signature = Signature(name, arguments: arguments, keys: "by=epoch", summary: summary)
    self.make = make
  }

  /// Every kind of schedule; t counts epochs from 0, T is their number.
  public static let all: [ScheduleKind] = [
    ScheduleKind("constant", summary: "lr") { _ throws(Failure) in { _, _ in 1 } },
    ScheduleKind("step", arguments: "N:FACTOR=0.1", summary: "lr · FACTOR^⌊t/N⌋") { reader throws(Failure) in
      let every = try reader.integer("every", positional: true, in: 1...Int.max)
      let gamma = try reader.number("factor", positional: true, in: .positive, default: 0.1)
      return { t, _ in pow(gamma, (t / Double(every)).rounded(.down)) }
    },
    ScheduleKind("exponential", arguments: "FACTOR", summary: "lr · FACTOR^t") { reader throws(Failure) in
      let gamma = try reader.number("factor", positional: true, in: .positive)
      return { t, _ in pow(gamma, t) }
    },
    ScheduleKind(
      "cosine", arguments: "END=0", summary: "lr · (END + (1 − END)·(1 + cos(π·t/T))/2)"
    ) { reader throws(Failure) in
      let end = try reader.number("end", positional: true, in: .share, default: 0)
      return { t, total in end + (1 - end) * (1 + cos(.pi * min(1, t / max(1, total)))) / 2 }
    },
  ]
}
