import Networks
import Tensors

/// `plateau`: the rate is multiplied by a factor when what is watched has not become better for more than `patience`
/// epochs (PyTorch's ReduceLROnPlateau).
///
/// Better is, for the mode `min`, below best·(1 − threshold), or with `threshold_mode=abs` below best − threshold; for
/// the mode `max`, above best·(1 + threshold) or best + threshold. After a cut, `cooldown` epochs are not counted. The
/// rate does not fall below `min_lr`, and a cut of less than `eps` is not made.
public struct Plateau: Curve {
  static let kind = ScheduleKind(
    "plateau", arguments: "PATIENCE=10:FACTOR=0.1",
    keys: "monitor= mode= threshold=1e-4 threshold_mode=rel cooldown=0 min_lr=0 eps=1e-8",
    summary: "lr · FACTOR whenever the monitored value has not improved for more than PATIENCE epochs"
  ) { reader throws(Failure) in try Plateau(&reader) }

  /// Where it stands in a run.
  public struct State: Equatable, Sendable {
    /// The factor on the base rate.
    public var factor = 1.0
    /// The best value so far; infinite before the first.
    var best = Double.infinity
    /// Epochs without improvement.
    var badEpochs = 0
    /// Epochs that are still not counted.
    var coolingEpochs = 0

    /// The state at the beginning of a run.
    public init() {}
  }

  /// What is watched; nil is what the run as a whole is judged by.
  public let monitor: Monitor?
  private let patience: Int
  private let factor: Double
  private let prefersHigher: Bool?
  private let threshold: Double
  private let isRelative: Bool
  private let cooldown: Int
  private let minimumRate: Double
  private let smallestCut: Double

  private init(_ reader: inout SpecReader) throws(Failure) {
    patience = try reader.integer("patience", positional: true, in: 0...Network.largestCount, default: 10)
    factor = try reader.number("factor", positional: true, in: .belowOne, default: 0.1)
    if let name = try reader.text("monitor") {
      do throws(Failure) { monitor = try Monitor(parsing: name) } catch { throw reader.failure(error.message) }
    } else {
      monitor = nil
    }
    switch try reader.text("mode") {
    case nil: prefersHigher = nil
    case "min": prefersHigher = false
    case "max": prefersHigher = true
    case let other?: throw reader.failure("mode '\(other)': min or max is due")
    }
    threshold = try reader.number("threshold", in: .notNegative, default: 1e-4)
    switch try reader.text("threshold_mode") {
    case nil, "rel": isRelative = true
    case "abs": isRelative = false
    case let other?: throw reader.failure("threshold_mode '\(other)': rel or abs is due")
    }
    cooldown = try reader.integer("cooldown", in: 0...Network.largestCount, default: 0)
    minimumRate = try reader.number("min_lr", in: .notNegative, default: 0)
    smallestCut = try reader.number("eps", in: .notNegative, default: 1e-8)
  }

  /// The base rate: the factor is the state's.
  func value(base: Double, at t: Int, of total: Int) -> Schedule.Value { Schedule.Value(learningRate: base) }

  /// Takes note of the value that an epoch came to.
  ///
  /// - Parameters:
  ///   - prefersHigher: whether higher is better, when the spec has no mode.
  ///   - base: the base rate, on which the state's factor works.
  public func observe(_ value: Double, prefersHigher: Bool, base: Double, _ state: inout State) {
    if isBetter(value, than: state.best, prefersHigher: self.prefersHigher ?? prefersHigher) {
      state.best = value
      state.badEpochs = 0
    } else {
      state.badEpochs += 1
    }
    if state.coolingEpochs > 0 {
      state.coolingEpochs -= 1
      state.badEpochs = 0
    }
    guard state.badEpochs > patience else { return }
    let (rate, cut) = (base * state.factor, max(base * state.factor * factor, minimumRate))
    if rate - cut > smallestCut { state.factor = cut / base }
    state.coolingEpochs = cooldown
    state.badEpochs = 0
  }

  private func isBetter(_ value: Double, than best: Double, prefersHigher: Bool) -> Bool {
    guard best.isFinite else { return value.isFinite }
    if prefersHigher { return value > (isRelative ? best * (1 + threshold) : best + threshold) }
    return value < (isRelative ? best * (1 - threshold) : best - threshold)
  }
}
