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
  /// The check fails when the smoothed loss never falls below this share of the first.
  public static let leastFall = 0.95

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

  /// One step of the test.
  public struct Point: Sendable {
    /// The learning rate.
    public var rate: Double
    /// The mean loss of the batch, before the step.
    public var loss: Double
    /// The smoothed loss.
    public var smoothed: Double
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

  /// The steps, first to last.
  public let points: [Point]
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
    hooks.shouldPause = { curve.points.count >= options.steps || curve.diverges }
    do throws(Failure) { _ = try trainer.run(hooks) } catch {
      // That it diverges in the end is what the test is for.
      guard error.status == .failed else { throw error }
    }
    points = curve.points
  }

  /// The point of the lowest smoothed loss.
  public var lowest: Point? { points.min { $0.smoothed < $1.smoothed } }

  /// The point where the smoothed loss falls fastest against log(rate), by differences over two steps.
  public var steepest: Point? {
    let inner = points.indices.dropFirst().dropLast()
    let falls = inner.map { (point: points[$0], slope: points[$0 + 1].smoothed - points[$0 - 1].smoothed) }
    return falls.min { $0.slope < $1.slope }.flatMap { $0.slope < 0 ? $0.point : nil }
  }

  /// The learning rate to begin with; nil when the loss falls nowhere.
  public var suggestion: Double? {
    guard falls, let lowest, let steepest else { return nil }
    return min(lowest.rate / 10, steepest.rate)
  }

  private var falls: Bool {
    guard let lowest, let first = points.first else { return false }
    return lowest.smoothed < LearningRateRange.leastFall * first.smoothed
  }

  /// See `CheckResult`.
  public var remarks: [CheckRemark] {
    let (from, to) = (Numbers.text(options.range.lowerBound), Numbers.text(options.range.upperBound))
    guard falls else {
      return [
        .failure(
          points.count < options.steps
            ? "The loss explodes before it falls: begin below \(from), or prepare the data."
            : "The loss falls nowhere between \(from) and \(to): go beyond, with more --steps, or look at the other checks."
        )
      ]
    }
    return points.count == options.steps && lowest?.rate == points.last?.rate
      ? [.note("The loss still falls at \(to): go beyond.")] : []
  }

  /// See `CheckResult`.
  public var text: String {
    let steps = "\(points.count) steps of \(options.optimizer.spec)"
    guard let lowest, let steepest, let suggestion else { return steps }
    return "try --lr \(Figures.rough(suggestion)) with --optimizer \(options.optimizer.spec)\n"
      + "in \(steps) the loss falls fastest at \(Figures.rough(steepest.rate)) and is lowest at "
      + "\(Figures.rough(lowest.rate)), \(Figures.short(lowest.smoothed))"
  }

  /// See `CheckResult`.
  public var json: [(key: String, value: JSON)] {
    [
      ("steps", .number(points.count)), ("suggestion", suggestion.map { .number($0) } ?? .null),
      ("lowest", lowest.map { .number($0.rate) } ?? .null), ("steepest", steepest.map { .number($0.rate) } ?? .null),
    ]
  }

  /// A JSON line a step: `step`, `lr`, `loss`, `smoothed`.
  public var log: String {
    points.enumerated().map { i, point in
      JSON.object([
        ("step", .number(i + 1)), ("lr", .number(point.rate)), ("loss", .number(point.loss)),
        ("smoothed", .number(point.smoothed)),
      ]).text + "\n"
    }.joined()
  }
}

/// Losses against rates as they come in, smoothed.
private struct SmoothedCurve {
  private(set) var points: [LearningRateRange.Point] = []
  private var average = 0.0
  private var lowest = Double.infinity

  /// Whether the last smoothed loss is far above the lowest.
  var diverges: Bool { (points.last?.smoothed ?? 0) > LearningRateRange.divergence * lowest }

  mutating func add(_ rate: Double, _ loss: Double) {
    let kept = LearningRateRange.smoothing
    average = kept * average + (1 - kept) * loss
    let smoothed = average / (1 - pow(kept, Double(points.count + 1)))
    points.append(LearningRateRange.Point(rate: rate, loss: loss, smoothed: smoothed))
    lowest = min(lowest, smoothed)
  }
}
