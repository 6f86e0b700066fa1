import Networks
import Tensors

/// How the learning rate (and with some schedules the momentum) moves from epoch to epoch, or with `by=step` from step
/// to step.
///
/// A schedule is a function of t, counted from 0 in a run, of T and of the base rate. A warm-up of N goes before it
/// (PyTorch's LinearLR, chained by SequentialLR): for t < N the rate is that of the schedule's beginning times
/// start + (1 − start)·t/N, and then the schedule runs with t − N of T − N. Only `plateau` depends on the run: its
/// factor is state, see `Plateau`.
public struct Schedule: Sendable {
  /// What a schedule says about a step.
  public struct Value: Equatable, Sendable {
    /// The learning rate.
    public var learningRate: Double
    /// The momentum, or beta1, in place of the optimizer's own; nil leaves that alone.
    public var momentum: Double?
  }

  /// The spec it was made from.
  public let spec: Spec
  /// Whether it counts steps instead of epochs.
  public let countsSteps: Bool
  private var curve: any Curve
  private let warmUp: Int
  private let warmUpStart: Double

  /// The base rate throughout.
  public static let constant = Schedule()

  private init() {
    spec = Spec("constant")
    (curve, countsSteps, warmUp, warmUpStart) = (FactorCurve { _, _ in 1 }, false, 0, 1)
  }

  /// The schedule of a text such as `step:30:0.1,warmup=5`. A file that it names is read by `load`.
  public init(parsing text: String) throws(Failure) {
    spec = try Spec(parsing: text)
    let kind = try ScheduleKind.named(spec.name)
    var reader = SpecReader(spec)
    curve = try kind.make(&reader)
    switch try reader.text("by") {
    case nil: countsSteps = kind.countsSteps
    case "epoch": countsSteps = false
    case "step": countsSteps = true
    case let other?: throw reader.failure("by '\(other)': epoch or step is due")
    }
    if kind.takesWarmUp {
      warmUp = try reader.integer("warmup", in: 0...Network.largestCount, default: 0)
      warmUpStart = try reader.number("warmup_start", in: .share, default: 1 / (Double(warmUp) + 1))
    } else {
      (warmUp, warmUpStart) = (0, 1)
    }
    try reader.finish()
  }

  /// Reads the file that the schedule names, if it names one.
  public mutating func load() throws(Failure) { try curve.load() }

  /// The learning rate and the momentum at an epoch or step `t` of `total`.
  public func value(base: Double, at t: Int, of total: Int) -> Value {
    let rest = max(1, total - warmUp)
    guard t < warmUp else { return curve.value(base: base, at: t - warmUp, of: rest) }
    var value = curve.value(base: base, at: 0, of: rest)
    value.learningRate *= warmUpStart + (1 - warmUpStart) * Double(t) / Double(warmUp)
    return value
  }

  /// Whether its values depend on T, so that T has to be known.
  public var followsTotal: Bool { curve.followsTotal }

  /// What follows the run itself, in a schedule that does.
  public var plateau: Plateau? { curve as? Plateau }

  /// Whether the rates are the schedule's own, without a base.
  public var givesRates: Bool { curve is Table }

  /// The text by which a checkpoint knows it again: the spec, with the content of a file for its name.
  var identity: String {
    guard let checksum = (curve as? Table)?.checksum else { return spec.description }
    var known = spec
    known["file"] = nil
    known.values = [checksum]
    return known.description
  }
}

/// What is special about one schedule: its function of t, of T and of the base rate.
protocol Curve: Sendable {
  /// The learning rate and the momentum at t = 0, 1, … of T = `total`.
  func value(base: Double, at t: Int, of total: Int) -> Schedule.Value
  /// Whether the values depend on T.
  var followsTotal: Bool { get }
  /// Reads the file that it names.
  mutating func load() throws(Failure)
}

extension Curve {
  /// False, for most schedules.
  var followsTotal: Bool { false }
  /// Nothing, for most schedules.
  mutating func load() throws(Failure) {}
}

/// A schedule that is a factor on the base rate.
struct FactorCurve: Curve {
  let followsTotal: Bool
  private let factor: @Sendable (_ t: Double, _ total: Double) -> Double

  init(followsTotal: Bool = false, _ factor: @escaping @Sendable (_ t: Double, _ total: Double) -> Double) {
    (self.followsTotal, self.factor) = (followsTotal, factor)
  }

  func value(base: Double, at t: Int, of total: Int) -> Schedule.Value {
    Schedule.Value(learningRate: base * factor(Double(t), Double(total)))
  }
}
