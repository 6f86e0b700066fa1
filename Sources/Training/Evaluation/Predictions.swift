import Tensors

/// The checked content of one prediction frame: `p` [n, C] or `output` [n, k], and the truth `y` when it is there.
public struct Predictions: Sendable {
  /// What a frame predicts.
  public enum Task: Equatable, Sendable {
    /// Class probabilities, `classes` columns; a single column `p` [n, 1] is the probability of class 1 of two.
    case classification(classes: Int, isBinary: Bool)
    /// Probabilities of labels, each yes or no for itself: those of a frame with `nn.probabilities`.
    case multiLabel(labels: Int)
    /// Real values, `columns` of them a row.
    case regression(columns: Int)
  }

  /// What is predicted.
  public let task: Task
  /// The number of rows, n.
  public let rows: Int
  /// The predicted numbers, row-major; a single column of probabilities is expanded to the two of `1 − p` and `p`.
  public let values: [Double]
  /// The truth.
  public let truth: Truth
  /// Class names (`nn.classes`), or names of labels and other targets (`nn.targets`), when the frame has them.
  public let names: [String]?
  /// Where the frame was read.
  public let place: String

  /// How far a row of probabilities may be from a sum of 1: half-precision rounding stays well below it.
  private static let tolerance = 0.01

  /// Columns of `values`.
  public var columns: Int { task.columns }

  /// The numbers that are predicted for a row.
  public func numbers(of row: Int) -> ArraySlice<Double> { values[row * columns..<(row + 1) * columns] }

  /// The name of a class or of a column, its number when it has none.
  public func name(_ id: Int) -> String { names?[id] ?? String(id) }

  /// Columns of the tensor in the frame.
  var storedColumns: Int { isBinary ? 1 : columns }
  /// Whether probabilities are predicted.
  var areProbabilities: Bool { if case .regression = task { false } else { true } }
  /// Whether the frame holds one probability a row, of class 1.
  var isBinary: Bool { task == .classification(classes: 2, isBinary: true) }

  /// Takes a frame apart.
  ///
  /// A foreign frame without `nn.kind` counts as predictions when it has `p` or `output`.
  /// - Throws: an input failure when the frame holds no predictions, or they are no probabilities, or not finite.
  public init(_ frame: Frame) throws(Failure) {
    place = frame.place
    let isForeign = frame.kind == nil && (frame.tensors["p"] != nil || frame.tensors["output"] != nil)
    if !isForeign { try frame.require([.prediction]) }
    let name = frame.tensors["p"] != nil ? "p" : "output"
    guard let tensor = frame.tensors[name] else {
      throw .input("\(frame.place): no tensor 'p' (probabilities) or 'output' among the predictions")
    }
    guard tensor.shape.count == 2, tensor.shape[1] > 0, !tensor.type.isInteger else {
      throw .input(
        "\(frame.place): '\(name)' is \(tensor.type.rawValue) \(tensor.shape) where F32 [rows, columns] is due")
    }
    rows = tensor.shape[0]
    let width = tensor.shape[1]
    if name == "p" {
      let areIndependent = try Predictions.areIndependent(frame)
      task =
        areIndependent
        ? .multiLabel(labels: width) : .classification(classes: max(width, 2), isBinary: width == 1)
      names = frame[list: areIndependent ? Metadata.targets : Metadata.classes]
      values = try Predictions.probabilities(tensor, task, frame.place)
    } else {
      task = .regression(columns: width)
      names = frame[list: Metadata.targets]
      values = tensor.doubles
      try Predictions.checkFinite(values, width, "output", frame.place)
    }
    if let names, names.count != task.columns {
      throw .input("\(frame.place): \(names.count) names for \(task.columns) columns of '\(name)'")
    }
    truth = try Truth(of: task, rows: rows, in: frame)
  }

  private static func areIndependent(_ frame: Frame) throws(Failure) -> Bool {
    guard let text = frame.metadata[Metadata.probabilities] else { return false }
    guard text == Metadata.independent else {
      throw .input("\(frame.place): nn.probabilities is '\(text)' where '\(Metadata.independent)' is due")
    }
    return true
  }

  private static func probabilities(_ p: Tensor, _ task: Task, _ place: String) throws(Failure) -> [Double] {
    var values = p.doubles
    if case .classification(_, isBinary: true) = task { values = values.flatMap { [1 - $0, $0] } }
    if let i = values.firstIndex(where: { !($0 >= -tolerance && $0 <= 1 + tolerance) }) {
      throw .input("\(place): row \(i / task.columns): 'p' holds \(Float(values[i]).shown), which is no probability")
    }
    guard case .classification(let classes, _) = task else { return values }
    for row in 0..<p.rows {
      let sum = values[row * classes..<(row + 1) * classes].reduce(0, +)
      guard abs(sum - 1) <= tolerance else {
        throw .input(
          "\(place): row \(row): the probabilities sum to \(Float(sum)), not to 1; those of labels, each for itself, are "
            + "marked by nn.probabilities")
      }
    }
    return values
  }

  /// Fails when a number is not finite; `name` is that of its tensor.
  static func checkFinite(_ values: [Double], _ width: Int, _ name: String, _ place: String) throws(Failure) {
    if let i = values.firstIndex(where: { !$0.isFinite }) {
      throw .input("\(place): row \(i / width): '\(name)' is \(values[i].shown)")
    }
  }
}

extension Predictions.Task {
  /// Numbers a row.
  var columns: Int {
    switch self {
    case .classification(let classes, _): classes
    case .multiLabel(let labels): labels
    case .regression(let columns): columns
    }
  }

  /// "probabilities of 10 classes", for messages.
  var phrase: String {
    switch self {
    case .classification(_, true): "one probability a row"
    case .classification(let classes, false): "probabilities of \(classes) classes"
    case .multiLabel(let labels): "probabilities of \(labels) label\(labels == 1 ? "" : "s"), each for itself"
    case .regression(1): "1 output a row"
    case .regression(let columns): "\(columns) outputs a row"
    }
  }
}
