import Tensors

/// The checked content of one prediction frame: `p` [n, C] or `output` [n, k], and the truth `y` when it is there.
public struct Predictions: Sendable {
  /// What a frame predicts.
  public enum Task: Equatable, Sendable {
    /// Class probabilities, `classes` columns; a single column `p` [n, 1] is the probability of class 1 of two.
    case classification(classes: Int, isBinary: Bool)
    /// Real values, `columns` of them a row.
    case regression(columns: Int)
  }

  /// The truth a frame carries.
  public enum Truth: Sendable {
    case none
    /// One class id a row.
    case labels([Int])
    /// [n, k], row-major.
    case targets([Double])
  }

  /// What is predicted.
  public let task: Task
  /// The number of rows, n.
  public let rows: Int
  /// The predicted numbers, row-major; a single column of probabilities is expanded to the two of `1 − p` and `p`.
  public let values: [Double]
  /// The truth.
  public let truth: Truth
  /// Class names (`nn.classes`), or names of the targets (`nn.targets`), when the frame has them.
  public let names: [String]?
  /// Where the frame was read.
  public let place: String

  /// How far a row of probabilities may be from a sum of 1: half-precision rounding stays well below it.
  private static let tolerance = 0.01

  /// Columns of `values`.
  public var columns: Int { task.columns }

  /// Columns of the tensor in the frame.
  var storedColumns: Int { isBinary ? 1 : columns }
  /// Whether classes are predicted.
  var isOfClasses: Bool { if case .classification = task { true } else { false } }
  /// Whether the frame holds one probability a row.
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
      task = .classification(classes: max(width, 2), isBinary: width == 1)
      names = frame[list: Metadata.classes]
      values = try Predictions.probabilities(tensor, width, frame.place)
    } else {
      task = .regression(columns: width)
      names = frame[list: "nn.targets"]
      values = tensor.doubles
      try Predictions.checkFinite(values, width, "output", frame.place)
    }
    let due = name == "p" ? max(width, 2) : width
    if let names, names.count != due {
      throw .input("\(frame.place): \(names.count) names for \(due) columns of '\(name)'")
    }
    truth = try Predictions.truth(frame, task, rows)
  }

  private static func probabilities(_ p: Tensor, _ width: Int, _ place: String) throws(Failure) -> [Double] {
    var values = p.doubles
    if width == 1 { values = values.flatMap { [1 - $0, $0] } }
    let columns = max(width, 2)
    for row in 0..<p.rows {
      var sum = 0.0
      for value in values[row * columns..<(row + 1) * columns] {
        guard value >= -tolerance, value <= 1 + tolerance else {
          throw .input("\(place): row \(row): 'p' holds \(Float(value)), which is no probability")
        }
        sum += value
      }
      guard abs(sum - 1) <= tolerance else {
        throw .input("\(place): row \(row): the probabilities sum to \(Float(sum)), not to 1")
      }
    }
    return values
  }

  private static func checkFinite(
    _ values: [Double], _ width: Int, _ name: String, _ place: String
  ) throws(Failure) {
    if let i = values.firstIndex(where: { !$0.isFinite }) {
      throw .input("\(place): row \(i / width): '\(name)' is \(values[i])")
    }
  }

  /// The classes of one-hot rows, or of rows of probabilities: the largest, of equal ones the first; of a single column
  /// class 1 where it is above a half.
  private static func likeliest(_ shares: [Double], _ columns: Int) -> [Int] {
    guard columns > 1 else { return shares.map { $0 > 0.5 ? 1 : 0 } }
    return stride(from: 0, to: shares.count, by: columns).map { first in
      (0..<columns).reduce(0) { shares[first + $1] > shares[first + $0] ? $1 : $0 }
    }
  }

  private static func truth(_ frame: Frame, _ task: Task, _ rows: Int) throws(Failure) -> Truth {
    guard let y = frame.tensors["y"] else { return .none }
    guard !y.shape.isEmpty, y.rows == rows else {
      throw .input("\(frame.place): 'y' has shape \(y.shape) where the predictions have \(rows) rows")
    }
    switch task {
    case .classification(let classes, let isBinary):
      if !y.type.isInteger, y.shape == [rows, isBinary ? 1 : classes] {
        try checkFinite(y.doubles, isBinary ? 1 : classes, "y", frame.place)
        return .labels(likeliest(y.doubles, isBinary ? 1 : classes))
      }
      guard y.shape == [rows] || y.shape == [rows, 1], let ids = y.integers else {
        throw .input(
          "\(frame.place): 'y' is \(y.type.rawValue) \(y.shape) where 'p' asks for one class id a row")
      }
      for (row, id) in ids.enumerated() where id < 0 || id >= classes {
        throw .input("\(frame.place): row \(row): class id \(id) of \(classes) classes")
      }
      return .labels(ids.map(Int.init))
    case .regression(let columns):
      guard y.shape == [rows, columns] || (columns == 1 && y.shape == [rows]) else {
        throw .input(
          "\(frame.place): 'y' has shape \(y.shape) where 'output' has [\(rows), \(columns)]"
            + (y.type.isInteger ? ": class ids are compared with probabilities 'p'" : ""))
      }
      let targets = y.doubles
      try checkFinite(targets, columns, "y", frame.place)
      return .targets(targets)
    }
  }
}

extension Predictions.Task {
  /// Numbers a row.
  var columns: Int {
    switch self {
    case .classification(let classes, _): classes
    case .regression(let columns): columns
    }
  }

  /// "probabilities of 10 classes", for messages.
  var phrase: String {
    switch self {
    case .classification(_, true): "one probability a row"
    case .classification(let classes, false): "probabilities of \(classes) classes"
    case .regression(1): "1 output a row"
    case .regression(let columns): "\(columns) outputs a row"
    }
  }
}
