#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// The learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks", section 3.3): the
/// rate grows geometrically from one bound to the other while the model is trained, a mini-batch a step.
///
/// The loss first does not move, then falls, then explodes. Losses are smoothed as in fastai: s ← 0.9·s + 0.1·loss,
/// divided by 1 − 0.9^t; the run ends early when that is four times its lowest value. The suggestion is a tenth of the
/// rate at the lowest smoothed loss, or the rate where it falls fastest against log(rate), whichever is smaller.
public struct LearningRateRange: CheckResult {
  /// See `CheckResult`.
  public static let title = "learning rate"
  /// The share that a step's smoothed loss keeps of the one before.
  public static let smoothing = 0.9
  /// Times the lowest smoothed loss at which the run ends.
  public static let divergence = 4.0

  /// How the rate is moved.
  public struct Options: Sendable {
    /// The first and the last rate.
    public var range: ClosedRange<Double>
    /// Steps from the first rate to the last.
    public var steps = 100
    /// Rows a step.
    public var batchSize = 32
    /// The rule of the steps.
    public var optimizer: any Optimizer

    /// Options with the defaults of the manual.
    public init(range: ClosedRange<Double>, optimizer: any Optimizer) {
      self.range = range
      self.optimizer = optimizer
    }
  }

  /// The bounds of a text such as `1e-5..1`.
  public static func bounds(_ text: String) throws(Failure) -> ClosedRange<Double> {
    let words = "two numbers above 0 are due, the smaller one first, such as 1e-5..1"
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let gap = parts.firstIndex(of: ""),
      let low = try? Numbers.number(parts[..<gap].joined(separator: "."), in: .positive),
      let high = try? Numbers.number(parts[(gap + 1)...].joined(separator: "."), in: .positive), low < high
    else { throw .usage(words) }
    return low...high
  }

  /// The losses against the rates.
  public let curve: LearningRateCurve
  private let options: Options

  /// Runs the test. The model is trained in memory only, with its dropout and penalties.
  public init(_ subject: CheckSubject, options: Options) throws(Failure) {
    self.options = options
    let growth = pow(options.range.upperBound / options.range.lowerBound, 1 / Double(max(1, options.steps - 1)))
    var training = TrainingOptions(
      optimizer: options.optimizer, learningRate: options.range.lowerBound,
      schedule: try Schedule(parsing: "exponential:\(growth),by=step"), loss: subject.loss)
    training.batchSize = options.batchSize
    training.epochs = options.steps  // more than enough: an epoch has a step or more
    training.seed = subject.seed
    let trainer = try Trainer(
      try subject.network(), options: training, data: subject.data, validation: nil, team: subject.team)
    var curve = SmoothedCurve()
    var hooks = Trainer.Hooks()
    hooks.batch = { rate, loss in curve.add(rate, loss) }
    hooks.shouldPause = { curve.curve.points.count >= options.steps || curve.diverges }
    do throws(Failure) { _ = try trainer.run(hooks) } catch {
      // That it diverges in the end is what the test is for.
      guard error.status == .failed else { throw error }
    }
    self.curve = curve.curve
  }

  /// See `CheckResult`.
  public var remarks: [CheckRemark] {
    let (from, to) = (Numbers.text(options.range.lowerBound), Numbers.text(options.range.upperBound))
    guard curve.falls else {
      return [
        .failure(
          curve.points.count < options.steps
            ? "The loss explodes before it falls: begin below \(from), or prepare the data."
            : "The loss falls nowhere between \(from) and \(to): go beyond, with more --steps, or look at the other checks."
        )
      ]
    }
    return curve.points.count == options.steps && curve.lowest?.rate == curve.points.last?.rate
      ? [.note("The loss still falls at \(to): go beyond.")] : []
  }

  /// See `CheckResult`.
  public var text: String {
    let steps = "\(curve.points.count) steps of \(options.optimizer.spec)"
    guard let lowest = curve.lowest, let steepest = curve.steepest, let suggestion = curve.suggestion else {
      return steps
    }
    return "try --lr \(Figures.rough(suggestion)) with --optimizer \(options.optimizer.spec)\n"
      + "in \(steps) the loss falls fastest at \(Figures.rough(steepest.rate)) and is lowest at "
      + "\(Figures.rough(lowest.rate)), \(Figures.short(lowest.smoothed))"
  }

  /// See `CheckResult`.
  public var json: [(key: String, value: JSON)] {
    [
      ("steps", .number(curve.points.count)), ("suggestion", curve.suggestion.map { .number($0) } ?? .null),
      ("lowest", curve.lowest.map { .number($0.rate) } ?? .null),
      ("steepest", curve.steepest.map { .number($0.rate) } ?? .null),
    ]
  }
}

/// Losses against rates as they come in, smoothed.
private struct SmoothedCurve {
  private(set) var curve = LearningRateCurve()
  private var average = 0.0
  private var lowest = Double.infinity

  /// Whether the last smoothed loss is far above the lowest.
  var diverges: Bool { (curve.points.last?.smoothed ?? 0) > LearningRateRange.divergence * lowest }

  mutating func add(_ rate: Double, _ loss: Double) {
    let kept = LearningRateRange.smoothing
    average = kept * average + (1 - kept) * loss
    let smoothed = average / (1 - pow(kept, Double(curve.points.count + 1)))
    curve.append(LearningRateCurve.Point(rate: rate, loss: loss, smoothed: smoothed))
    lowest = min(lowest, smoothed)
  }
}
