import Tensors

/// What the metrics of several folds come to: the mean of each, the standard deviation over the folds, and an interval.
///
/// With K folds, mean m and standard deviation s (of K − 1), the interval is m ± t s / √K, t being the quantile of Student's
/// distribution of K − 1 degrees of freedom. It takes the folds as independent, which those of one data set are not quite,
/// since their training rows overlap: it is rather too narrow (Bengio and Grandvalet 2004).
public struct CrossValidation: Sendable {
  /// A metric over the folds; the numbers are nil where a fold has none.
  public struct Summary: Sendable {
    /// The metric's name.
    public let name: String
    /// One value a fold.
    public let values: [Double?]
    /// The mean.
    public let mean: Double?
    /// The standard deviation, by one fold less.
    public let deviation: Double?
    /// The interval around the mean.
    public let interval: ClosedRange<Double>?
  }

  /// Rows in all folds.
  public let rows: Int
  /// How many folds there are, at least two.
  public let folds: Int
  /// The share of such intervals that hold the true mean, if folds are independent.
  public let confidence: Double
  /// The metrics, in the order in which they are printed.
  public let summaries: [Summary]
  private let what: String

  /// Sums up the results of folds; fails when there is but one, or when they are not of the same kind.
  public init(_ results: [EvaluationResult], confidence: Double) throws(Failure) {
    guard let first = results.first, results.count > 1 else {
      throw .input("--folds: one segment of predictions; one for each of several folds is due")
    }
    for result in results where result.metrics.map(\.name) != first.metrics.map(\.name) || result.names != first.names {
      throw .input(
        "--folds: the predictions of the folds are not of the same kind, or their columns are named otherwise")
    }
    rows = results.reduce(0) { $0 + $1.rows }
    folds = results.count
    self.confidence = confidence
    what = first.what
    let t = StudentT.quantile(0.5 + confidence / 2, degrees: results.count - 1)
    summaries = first.metrics.indices.map { i in
      Summary(first.metrics[i].name, results.map { $0.metrics[i].value }, t: t)
    }
  }

  /// Complaints about the requirements that the means do not meet.
  public func complaints(_ requirements: [Requirement]) throws(Failure) -> [String] {
    try Requirement.complaints(requirements, about: summaries.map { Metric($0.name, $0.mean) }, of: what)
  }

  /// One metric a line.
  public var text: String {
    let numbers = summaries.map { summary in
      [summary.name]
        + [summary.mean, summary.deviation, summary.interval?.lowerBound, summary.interval?.upperBound]
        .map(EvaluationResult.short)
    }
    return "folds \(folds)\nrows \(rows)\n\n"
      + TextTable.text(["metric", "mean", "std", "low", "high"], numbers, rightAligned: 1...4)
  }

  /// One object, with the values of all folds; undefined numbers are null.
  public var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { JSON.number($0) } ?? .null }
    let members = summaries.map { summary in
      (
        key: summary.name,
        value: JSON.object([
          ("mean", number(summary.mean)), ("std", number(summary.deviation)),
          ("low", number(summary.interval?.lowerBound)), ("high", number(summary.interval?.upperBound)),
          ("values", .array(summary.values.map(number))),
        ])
      )
    }
    return .object(
      [("folds", .number(folds)), ("rows", .number(rows)), ("confidence", .number(confidence))] + members)
  }
}

extension CrossValidation.Summary {
  fileprivate init(_ name: String, _ values: [Double?], t: Double) {
    self.name = name
    self.values = values
    let defined = values.compactMap(\.self)
    guard defined.count == values.count else {
      (mean, deviation, interval) = (nil, nil, nil)
      return
    }
    let count = Double(defined.count)
    let mean = defined.reduce(0, +) / count
    let deviation = (defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    let half = t * deviation / count.squareRoot()
    (self.mean, self.deviation, interval) = (mean, deviation, mean - half...mean + half)
  }
}
