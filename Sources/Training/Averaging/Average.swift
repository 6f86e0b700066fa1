import Networks
import Tensors

/// Which parameters of a run are averaged, and how, to be validated and to be its result.
public struct Average: Sendable {
  /// When parameters are taken into the average, and with what share.
  enum Rule: Sendable {
    /// After each step: average ← decay·average + (1 − decay)·parameters.
    case exponential(decay: Double)
    /// After each epoch from one on, counted from 1 in the run: the plain mean.
    case stochastic(firstEpoch: Int)
  }

  /// The spec it was made from.
  public let spec: Spec
  let rule: Rule

  /// The average of a text such as `ema:0.999`.
  public init(parsing text: String) throws(Failure) {
    spec = try Spec(parsing: text)
    let kind = try AverageKind.named(spec.name)
    var reader = SpecReader(spec)
    rule = try kind.make(&reader)
    try reader.finish()
  }

  /// The first epoch of a run, from 1, after which there is an average.
  public var firstEpoch: Int { if case .stochastic(let epoch) = rule { epoch } else { 1 } }

  /// The share of new parameters in an average of `count` sets; the first set is taken as it is.
  func share(after count: Int) -> Double {
    switch rule {
    case .exponential(let decay): count == 0 ? 1 : 1 - decay
    case .stochastic: 1 / Double(count + 1)
    }
  }
}

/// A kind of average, for registries and the manual.
public struct AverageKind: Kind {
  /// See `Kind`.
  public static let noun = "average"
  /// What its spec looks like.
  public let signature: Signature
  let make: @Sendable (inout SpecReader) throws(Failure) -> Average.Rule

  /// Every kind of average.
  public static let all: [AverageKind] = [
    // Polyak and Juditsky 1992; PyTorch's AveragedModel with get_ema_multi_avg_fn and use_buffers=True.
    AverageKind(
      signature: Signature(
        "ema", arguments: "DECAY=0.999", summary: "after each step: average ← DECAY·average + (1 − DECAY)·parameters")
    ) { reader throws(Failure) in
      .exponential(decay: try reader.number("decay", positional: true, in: .belowOne, default: 0.999))
    },
    // Stochastic weight averaging, Izmailov et al. 2018; PyTorch's AveragedModel with update_bn.
    AverageKind(
      signature: Signature(
        "swa", arguments: "EPOCH", summary: "the mean of the parameters after epochs EPOCH, EPOCH + 1, …")
    ) { reader throws(Failure) in
      .stochastic(firstEpoch: try reader.integer("epoch", positional: true, in: 1...1_000_000))
    },
  ]
}
