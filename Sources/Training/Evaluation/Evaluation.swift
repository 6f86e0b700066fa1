import Tensors

/// The evaluation of a stream of prediction frames.
public struct Evaluation: Sendable {
  /// What is asked for beyond the metrics that every evaluation has.
  public struct Options: Sendable {
    /// The Ks of top-K accuracies.
    public var top: [Int] = []
    /// Whether the confusion matrix is kept.
    public var confusion = false
    /// Whether the ROC area is computed.
    public var auc = false
    /// Whether doubt is measured by what it tells.
    public var uncertainty = false
    /// Whether a temperature is looked for.
    public var calibration = false

    /// Nothing more.
    public init() {}

    /// Asks for what a metric takes.
    public mutating func ask(for metric: String) {
      if let count = Metric.topCount(metric) { top.append(count) }
      if metric == "auc" { auc = true }
      if Uncertainty.names.contains(metric) { uncertainty = true }
      if Temperature.names.contains(metric) { calibration = true }
    }
  }

  /// A confusion matrix is kept for at most this many classes.
  public static let largestConfusion = 1000

  private enum Sums {
    case classes(ClassificationMetrics, AreaUnderCurve?)
    /// Areas: one a label, or none.
    case labels(MultiLabelMetrics, [AreaUnderCurve])
    case values([RegressionMetrics])
  }

  private let options: Options
  private var sums: Sums?
  private var uncertainty: Uncertainty?
  private var temperature: Temperature?
  private var task: Predictions.Task?
  private var firstPlace = ""
  /// Class names, or names of the targets; nil when the frames have none.
  public private(set) var names: [String]?

  /// An evaluation of no rows yet.
  public init(_ options: Options = Options()) { self.options = options }

  /// Adds one frame.
  ///
  /// - Throws: an input failure when the frame has no truth or does not continue the frames before it; a usage failure
  ///   when something was asked for that this kind of prediction does not have.
  public mutating func add(_ frame: Frame) throws(Failure) {
    let predictions = try Predictions(frame)
    if let task, task != predictions.task {
      throw .input(
        "\(predictions.place): \(predictions.task.phrase) where \(firstPlace) has \(task.phrase)")
    }
    if task != nil, names != predictions.names {
      throw .input("\(predictions.place): the columns are named otherwise than in \(firstPlace)")
    }
    if task == nil {
      try checkOptions(predictions.task)
      task = predictions.task
      names = predictions.names
      firstPlace = predictions.place
      if options.uncertainty { uncertainty = Uncertainty() }
      if options.calibration { temperature = Temperature(classes: predictions.columns) }
    }
    if predictions.rows == 0 { return }  // before anything is allocated by a width that holds no data
    switch predictions.truth {
    case .none:
      throw .input(
        "\(predictions.place): no labels: the predictions have no 'y' to compare with; "
          + "predict from data that has its labels")
    case .labels(let labels):
      var (metrics, area) = classificationSums(predictions.columns)
      sums = nil  // so that the sums have one owner and are changed in place
      metrics.add(predictions.values, labels: labels)
      area?.add(predictions.values, labels: labels)
      sums = .classes(metrics, area)
      uncertainty?.add(predictions, labels: labels, information: try frame.mutualInformation(predictions.rows))
      temperature?.add(predictions.values, labels: labels)
    case .shares(let truth):
      var (metrics, areas) = labelSums(predictions.columns)
      sums = nil
      metrics.add(predictions.values, truth: truth)
      if !areas.isEmpty {
        for (i, share) in truth.enumerated() {
          areas[i % areas.count].add(predictions.values[i], isYes: MultiLabelMetrics.isYes(share))
        }
      }
      sums = .labels(metrics, areas)
    case .targets(let targets):
      var columns = valueSums(predictions.columns)
      sums = nil
      for i in targets.indices {
        columns[i % columns.count].add(output: predictions.values[i], target: targets[i])
      }
      sums = .values(columns)
    }
  }

  /// Adds a frame of rows of classes that were never learnt, behind those of which the classes are known.
  ///
  /// - Throws: an input failure when the frame predicts something else.
  public mutating func addUnseen(_ frame: Frame) throws(Failure) {
    let predictions = try Predictions(frame)
    guard predictions.task == task else {
      throw .input("\(predictions.place): \(predictions.task.phrase) where \(firstPlace) has \(task?.phrase ?? "none")")
    }
    let information = try frame.mutualInformation(predictions.rows)
    guard let uncertainty, uncertainty.hasInformation == (information != nil) else {
      throw .input(
        "\(predictions.place): predictions by Monte-Carlo passes and plain ones, whose doubts are not alike: predict "
          + "both in one way")
    }
    self.uncertainty?.addUnseen(predictions, information: information)
  }

  private func classificationSums(_ classes: Int) -> (ClassificationMetrics, AreaUnderCurve?) {
    if case .classes(let metrics, let area)? = sums { return (metrics, area) }
    let metrics = ClassificationMetrics(classes: classes, top: options.top, keepsConfusion: options.confusion)
    return (metrics, options.auc ? AreaUnderCurve(classes: classes) : nil)
  }

  private func labelSums(_ labels: Int) -> (MultiLabelMetrics, [AreaUnderCurve]) {
    if case .labels(let metrics, let areas)? = sums { return (metrics, areas) }
    return (
      MultiLabelMetrics(labels: labels), [AreaUnderCurve](repeating: .init(classes: 2), count: options.auc ? labels : 0)
    )
  }

  private func valueSums(_ columns: Int) -> [RegressionMetrics] {
    if case .values(let sums)? = sums { return sums }
    return [RegressionMetrics](repeating: RegressionMetrics(), count: columns)
  }

  private func checkOptions(_ task: Predictions.Task) throws(Failure) {
    switch task {
    case .classification(let classes, _):
      guard !options.confusion || classes <= Evaluation.largestConfusion else {
        throw .usage(
          "--confusion: \(classes) classes; a table is made for at most \(Evaluation.largestConfusion)")
      }
    case .multiLabel:
      if let option = optionsOfClasses.first {
        throw .usage("\(option) is for predicted classes; these predictions are labels, each yes or no for itself")
      }
    case .regression:
      if let option = (optionsOfClasses + (options.auc ? ["--auc"] : [])).first {
        throw .usage("\(option) is for predicted classes; these predictions are values")
      }
    }
  }

  /// What was asked for that only a choice among classes has.
  private var optionsOfClasses: [String] {
    [
      ("--confusion", options.confusion), ("--top", !options.top.isEmpty), ("--uncertainty", options.uncertainty),
      ("--calibrate", options.calibration),
    ].filter(\.1).map(\.0)
  }

  /// What was found.
  ///
  /// - Throws: an input failure when there was no row.
  public func result() throws(Failure) -> EvaluationResult {
    switch sums {
    case .classes(let metrics, let area):
      let more =
        (area.map { [Metric("auc", $0.value)] } ?? []) + (uncertainty?.metrics() ?? []) + (temperature?.metrics() ?? [])
      return EvaluationResult(
        rows: metrics.rows, metrics: metrics.metrics() + more, names: names, details: .classes(metrics))
    case .labels(let metrics, let areas):
      let values = areas.compactMap(\.value)
      let mean = values.count == areas.count ? values.reduce(0, +) / Double(areas.count) : nil
      return EvaluationResult(
        rows: metrics.rows, metrics: metrics.metrics() + (areas.isEmpty ? [] : [Metric("auc", mean)]), names: names,
        details: .labels(metrics))
    case .values(let columns):
      return EvaluationResult(
        rows: columns.first?.rows ?? 0, metrics: RegressionMetrics.metrics(columns), names: names,
        details: .values(columns))
    case nil: throw .input("\(firstPlace.isEmpty ? "standard input" : firstPlace): no rows to evaluate")
    }
  }
}

extension Frame {
  /// The mutual information of each row, in predictions by Monte-Carlo passes.
  fileprivate func mutualInformation(_ rows: Int) throws(Failure) -> [Float]? {
    guard let tensor = tensors["mutual_information"] else { return nil }
    guard tensor.shape == [rows] else {
      throw .input("\(place): 'mutual_information' is \(tensor.shape) where [\(rows)] is due")
    }
    let values = tensor.doubles
    try Predictions.checkFinite(values, 1, "mutual_information", place)
    return values.map { Float($0) }
  }
}
