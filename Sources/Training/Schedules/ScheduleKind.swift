import Networks
import Tensors

/// A kind of schedule, for registries and the manual.
public struct ScheduleKind: Kind {
  /// See `Kind`.
  public static let noun = "schedule"
  /// See `Kind`.
  public static let foreignNames = [
    "cosineannealing": "cosine", "multistep": "piecewise", "noam": "invsqrt", "onecycle": "1cycle",
    "reducelronplateau": "plateau",
  ]
  /// What its spec looks like.
  public let signature: Signature
  /// Whether t counts steps unless the spec says otherwise.
  let countsSteps: Bool
  /// Whether a warm-up may go before it; some have their own.
  let takesWarmUp: Bool
  let make: @Sendable (inout SpecReader) throws(Failure) -> any Curve

  init(
    _ name: String, arguments: String = "", keys: String = "", summary: String, countsSteps: Bool = false,
    takesWarmUp: Bool = true, make: @escaping @Sendable (inout SpecReader) throws(Failure) -> any Curve
  ) {
    let common = "by=\(countsSteps ? "step" : "epoch")" + (takesWarmUp ? " warmup=0 warmup_start=" : "")
    signature = Signature(
      name, arguments: arguments, keys: keys.isEmpty ? common : "\(keys) \(common)", summary: summary)
    self.countsSteps = countsSteps
    self.takesWarmUp = takesWarmUp
    self.make = make
  }

  /// Every kind of schedule; t counts epochs from 0, T is their number.
  public static let all: [ScheduleKind] =
    Pieces.kinds + Decays.kinds + [Cosine.kind, OneCycle.kind, Plateau.kind, Table.kind]
}
