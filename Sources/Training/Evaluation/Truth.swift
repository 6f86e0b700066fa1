import Tensors

extension Predictions {
  /// The truth a frame carries.
  public enum Truth: Sendable {
    case none
    /// One class id a row.
    case labels([Int])
    /// [n, labels], row-major: from 0 for no to 1 for yes.
    case shares([Double])
    /// [n, k], row-major.
    case targets([Double])
  }
}

extension Predictions.Truth {
  /// The tensor `y`, checked.
  init(of task: Predictions.Task, rows: Int, in frame: Frame) throws(Failure) {
    guard let y = frame.tensors["y"] else {
      self = .none
      return
    }
    guard !y.shape.isEmpty, y.rows == rows else {
      throw .input("\(frame.place): 'y' has shape \(y.shape) where the predictions have \(rows) rows")
    }
    switch task {
    case .classification(let classes, let isBinary):
      self = .labels(try Predictions.Truth.classes(y, classes, isBinary: isBinary, frame.place))
    case .multiLabel(let labels):
      self = .shares(try Predictions.Truth.shares(y, labels, frame.place))
    case .regression(let columns):
      let advice = y.type.isInteger ? ": class ids are compared with probabilities 'p'" : ""
      self = .targets(try Predictions.Truth.numbers(y, columns, "output", advice, frame.place))
    }
  }

  private static func classes(
    _ y: Tensor, _ classes: Int, isBinary: Bool, _ place: String
  ) throws(Failure) -> [Int] {
    let width = isBinary ? 1 : classes
    if !y.type.isInteger, y.shape == [y.rows, width] {
      try Predictions.checkFinite(y.doubles, width, "y", place)
      return likeliest(y.doubles, width)
    }
    guard y.shape == [y.rows] || y.shape == [y.rows, 1], let ids = y.integers else {
      throw .input("\(place): 'y' is \(y.type.rawValue) \(y.shape) where 'p' asks for one class id a row")
    }
    for (row, id) in ids.enumerated() where id < 0 || id >= classes {
      throw .input("\(place): row \(row): class id \(id) of \(classes) classes")
    }
    return ids.map(Int.init)
  }

  /// The classes of one-hot rows, or of rows of probabilities: the largest, of equal ones the first; of a single column
  /// class 1 where it is above a half.
  private static func likeliest(_ shares: [Double], _ columns: Int) -> [Int] {
    stride(from: 0, to: shares.count, by: columns).map { shares[$0..<$0 + columns].predictedClass }
  }

  /// Numbers from 0 to 1; −1 and 1, which margin losses are trained on, become 0 and 1.
  private static func shares(_ y: Tensor, _ labels: Int, _ place: String) throws(Failure) -> [Double] {
    let values = try numbers(y, labels, "p", "", place)
    let areSigns = values.contains(-1)
    if let i = values.firstIndex(where: { areSigns ? abs($0) != 1 : $0 < 0 || $0 > 1 }) {
      let due = areSigns ? "-1 and 1 are due, as in other rows" : "numbers from 0 to 1, or -1 and 1, are due"
      throw .input("\(place): row \(i / labels): 'y' holds \(Float(values[i])) where \(due)")
    }
    return areSigns ? values.map { max($0, 0) } : values
  }

  private static func numbers(
    _ y: Tensor, _ columns: Int, _ predicted: String, _ advice: String, _ place: String
  ) throws(Failure) -> [Double] {
    guard y.shape == [y.rows, columns] || (columns == 1 && y.shape == [y.rows]) else {
      throw .input(
        "\(place): 'y' has shape \(y.shape) where '\(predicted)' has [\(y.rows), \(columns)]\(advice)")
    }
    let values = y.doubles
    try Predictions.checkFinite(values, columns, "y", place)
    return values
  }
}
