import Tensors

/// The losses of a learning-rate range test against the rates, and what they suggest.
public struct LearningRateCurve: Sendable {
  /// The smoothed loss has fallen when it is below this share of the first.
  public static let leastFall = 0.95

  /// So many steps, but at most a quarter of all, are passed over where the loss falls fastest: their smoothed loss is the
  /// mean of a few, and moves with each.
  public static let unsettledSteps = 10

  /// One step of the test.
  public struct Point: Sendable {
    /// The learning rate.
    public var rate: Double
    /// The mean loss of the batch, before the step.
    public var loss: Double
    /// The smoothed loss.
    public var smoothed: Double

    /// A step.
    public init(rate: Double, loss: Double, smoothed: Double) {
      self.rate = rate
      self.loss = loss
      self.smoothed = smoothed
    }
  }

  /// The steps, first to last.
  public private(set) var points: [Point]

  /// A curve of some steps.
  public init(_ points: [Point] = []) { self.points = points }

  /// Adds a step.
  public mutating func append(_ point: Point) { points.append(point) }

  /// Adds the step of a line that `log` wrote.
  ///
  /// - Throws: an input failure when it is none.
  public mutating func add(_ object: JSON) throws(Failure) {
    guard let rate = object["lr"]?.double, let loss = object["loss"], let smoothed = object["smoothed"], rate > 0,
      rate.isFinite
    else { throw .input("no numbers 'lr', 'loss' and 'smoothed'; a log of nn-check --lr-range is due") }
    append(Point(rate: rate, loss: loss.double ?? .nan, smoothed: smoothed.double ?? .nan))
  }

  /// The point of the lowest smoothed loss.
  public var lowest: Point? { points.filter(\.smoothed.isFinite).min { $0.smoothed < $1.smoothed } }

  /// The point where the smoothed loss falls fastest against log(rate), by differences over two steps, once it has settled.
  public var steepest: Point? {
    let unsettled = max(1, min(LearningRateCurve.unsettledSteps, points.count / 4))
    let inner = points.indices.dropFirst(unsettled).dropLast()
    let falls = inner.map { (point: points[$0], slope: points[$0 + 1].smoothed - points[$0 - 1].smoothed) }
    return falls.filter(\.slope.isFinite).min { $0.slope < $1.slope }.flatMap { $0.slope < 0 ? $0.point : nil }
  }

  /// Whether the loss falls anywhere.
  public var falls: Bool {
    guard let lowest, let first = points.first else { return false }
    return lowest.smoothed < LearningRateCurve.leastFall * first.smoothed
  }

  /// The learning rate to begin with: a tenth of the rate at the lowest smoothed loss, or the rate where it falls fastest,
  /// whichever is smaller; nil when the loss falls nowhere.
  public var suggestion: Double? {
    guard falls, let lowest, let steepest else { return nil }
    return min(lowest.rate / 10, steepest.rate)
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
