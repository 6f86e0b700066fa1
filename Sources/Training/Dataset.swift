import Kernels
import Networks
import Tensors

/// Rows to train or test on, in the type they are stored in; batches are converted as they are gathered.
public struct Dataset {
  /// What a row should give.
  enum Answers {
    case none
    case classes([Int32])
    /// [rows, columns]
    case values([Float], columns: Int)
    /// The row itself.
    case inputs
  }

  let x: Tensor
  private let elementType: KernelInterface.ElementType
  let answers: Answers
  /// Factors on the loss of each row; nil when every row counts the same.
  let weights: [Float]?
  /// The number of rows.
  public var rows: Int { x.rows }
  /// Values in one row.
  public var columns: Int { x.rowCount }
  /// Class names, when `y` holds class ids that have names.
  public let classes: [String]?
  /// Whether an epoch ends with these rows; false for a window of its rows that others follow.
  let endsEpoch: Bool

  /// The rows of `data` frames that belong together, such as the frames of a segment.
  ///
  /// - Parameter endsEpoch: false for a window of an epoch's rows that others follow.
  public init(frames: [Frame], endsEpoch: Bool = true) throws(Failure) {
    self.endsEpoch = endsEpoch
    guard let first = frames.first else { throw .input("no data") }
    let x0 = try first.tensor("x")
    let y0 = first.tensors["y"]
    for frame in frames {
      try frame.checkData()
      let x = try frame.tensor("x")
      guard x.type == x0.type, x.rowCount == x0.rowCount else {
        throw .input(
          "\(frame.place): 'x' is \(x.type.rawValue) with \(x.rowCount) values a row; \(first.place) has "
            + "\(x0.type.rawValue) with \(x0.rowCount)")
      }
      guard (frame.tensors["y"] == nil) == (y0 == nil) else {
        throw .input("\(frame.place): 'y' is in some frames only")
      }
      if let y = frame.tensors["y"], let y0 {
        guard y.type == y0.type, y.shape.count == y0.shape.count, y.shape.dropFirst() == y0.shape.dropFirst() else {
          throw .input(
            "\(frame.place): 'y' is \(y.type.rawValue) \(y.shape) and does not continue \(y0.type.rawValue) "
              + "\(y0.shape) of \(first.place)")
        }
      }
      guard (frame.tensors["weight"] != nil) == (first.tensors["weight"] != nil) else {
        throw .input("\(frame.place): 'weight' is in some frames only")
      }
      guard frame[list: Metadata.classes] == first[list: Metadata.classes] else {
        throw .input("\(frame.place): other classes than \(first.place)")
      }
    }
    let stored = Tensor.concatenating(try frames.map { (frame) throws(Failure) in try frame.tensor("x") })
    x = stored.type == .bfloat16 ? stored.asFloat32 : stored
    guard x.rows <= Int(Int32.max) else { throw .input("\(first.place): more than 2³¹ − 1 rows") }
    classes = first[list: Metadata.classes]
    elementType = Dataset.kernelType(x.type)
    let factors = frames.compactMap { $0.tensors["weight"]?.floats }
    weights = factors.isEmpty ? nil : factors.flatMap(\.self)
    guard weights?.allSatisfy({ $0 >= 0 && $0.isFinite }) != false, weights?.count ?? x.rows == x.rows else {
      throw .input("\(first.place): 'weight' must hold a number from 0 for each row")
    }
    guard y0 != nil else {
      answers = .none
      return
    }
    let y = Tensor.concatenating(try frames.map { (frame) throws(Failure) in try frame.tensor("y") })
    if y.shape.count == 1, y.type.isInteger {
      var labels: [Int32] = []
      labels.reserveCapacity(y.rows)
      for frame in frames {
        for (row, label) in (try frame.labels() ?? []).enumerated() {
          guard let id = Int32(exactly: label), id < Int32.max else {
            throw .input("\(frame.place): row \(row): class id \(label): ids count classes from 0")
          }
          labels.append(id)
        }
      }
      answers = .classes(labels)
    } else {
      answers = .values(y.floats, columns: y.rowCount)
    }
  }

  private init(
    x: Tensor, elementType: KernelInterface.ElementType, answers: Answers, weights: [Float]?, classes: [String]?
  ) {
    (self.x, self.elementType, self.answers, self.weights) = (x, elementType, answers, weights)
    self.classes = classes
    endsEpoch = true
  }

  /// The rows of a matrix [rows, …], each of which is to be given back.
  init(reconstructing x: Tensor) {
    self.init(
      x: x, elementType: Dataset.kernelType(x.type), answers: .inputs, weights: nil, classes: nil)
  }

  /// The same rows, each of which is to be given back.
  var reconstructed: Dataset { Dataset(reconstructing: x) }

  /// The same answers and weights for rows of other values.
  func replacingRows(by x: Tensor) -> Dataset {
    Dataset(
      x: x, elementType: Dataset.kernelType(x.type), answers: answers, weights: weights, classes: classes)
  }

  /// Fails when rows are not like those before them but for their values.
  ///
  /// - Parameters:
  ///   - place: what to call these rows.
  ///   - isWindow: whether either may be a part of an epoch, so that their numbers do not matter.
  func checkContinues(_ before: Dataset, _ place: String, isWindow: Bool) throws(Failure) {
    func difference<Value: Equatable>(_ what: String, _ value: (Dataset) -> Value) throws(Failure) {
      let (own, due) = (value(self), value(before))
      guard own == due else {
        throw .input(
          "\(place) has \(what) \(own) where \(isWindow ? "what came before it" : "the epoch before") has \(due)")
      }
    }
    if !isWindow { try difference("rows:", \.rows) }
    try difference("values a row:", \.columns)
    try difference("class ids:", \.hasClasses)
    try difference("classes:") { $0.classes ?? [] }
    try difference("weights:") { $0.weights != nil }
  }

  /// Some of the rows, in the order given.
  public func gathering(rows: [Int]) -> Dataset {
    let chosen: Answers =
      switch answers {
      case .none: .none
      case .inputs: .inputs
      case .classes(let labels): .classes(rows.map { labels[$0] })
      case .values(let values, let columns):
        .values(rows.flatMap { values[$0 * columns..<($0 + 1) * columns] }, columns: columns)
      }
    return Dataset(
      x: x.gathering(rows: rows), elementType: elementType, answers: chosen,
      weights: weights.map { weights in rows.map { weights[$0] } }, classes: classes)
  }

  private static func kernelType(_ type: Tensors.ElementType) -> KernelInterface.ElementType {
    switch type {
    case .float64: .float64
    case .int64: .int64
    case .float32: .float32
    case .int32: .int32
    case .float16: .float16
    case .bfloat16: .float32  // converted beforehand
    case .int16: .int16
    case .uint8, .bool: .uint8
    case .int8: .int8
    }
  }

  /// Whether there is something to learn from.
  public var isLabelled: Bool { if case .none = answers { false } else { true } }

  /// Whether rows have class ids.
  public var hasClasses: Bool { if case .classes = answers { true } else { false } }

  /// A checksum of rows and answers, by which a checkpoint knows its data again.
  public var checksum: String {
    var sum = x.checksum()
    if let weights { sum = Checksum.of(weights, after: sum) }
    switch answers {
    case .none, .inputs: break
    case .classes(let labels): sum = Checksum.of(labels, after: sum)
    case .values(let values, _): sum = Checksum.of(values, after: sum)
    }
    return Checksum.text(sum)
  }

  /// The largest absolute value of the first rows: a glance that tells unprepared pixels from prepared ones.
  public var largestValue: Float {
    guard rows > 0 else { return 0 }  // columns without rows may be any number
    let matrix = Matrix(capacity: min(rows, 100), columns: columns)
    gather(0..<matrix.capacity, at: 0, order: nil, into: matrix)
    return (0..<matrix.capacity).map { row in matrix[row: row].reduce(0) { max($0, abs($1)) } }.max() ?? 0
  }

  /// The largest absolute values of the columns that reach least and most among the first rows, when one is more than a
  /// thousand times the other.
  public var unlikeColumns: (small: Float, large: Float)? {
    guard rows > 0 else { return nil }
    let matrix = Matrix(capacity: min(rows, 100), columns: columns)
    gather(0..<matrix.capacity, at: 0, order: nil, into: matrix)
    var reach = [Float](repeating: 0, count: columns)
    for row in 0..<matrix.capacity {
      for (column, value) in matrix[row: row].enumerated() { reach[column] = max(reach[column], abs(value)) }
    }
    let moving = reach.filter { $0 > 0 && $0.isFinite }
    guard let small = moving.min(), let large = moving.max(), large > 1000 * small else { return nil }
    return (small, large)
  }

  /// Mean and standard deviation (divisor n) of targets of one number a row; nil for others.
  public var targetMoments: (mean: Double, deviation: Double)? {
    guard case .values(let values, 1) = answers, !values.isEmpty else { return nil }
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
    return (mean, variance.squareRoot())
  }

  /// Whether each row of targets is a single 1 among zeros, as classes are written for tools that have no class ids.
  public var hasOneHotRows: Bool {
    guard case .values(let values, let columns) = answers, columns > 1 else { return false }
    return (0..<rows).allSatisfy { row in
      let targets = values[row * columns..<(row + 1) * columns]
      return targets.contains(1) && targets.count { $0 == 0 } == columns - 1
    }
  }

  /// Whether each target is 1 or 0, as labels are of which a row has several.
  var hasLabelRows: Bool {
    guard case .values(let values, _) = answers else { return false }
    return values.allSatisfy { $0 == 0 || $0 == 1 }
  }

  /// The largest absolute target; nil when there are no targets.
  public var largestTarget: Float? {
    guard case .values(let values, _) = answers else { return nil }
    return values.reduce(0) { max($0, abs($1)) }
  }

  /// The rows where they lie, if kernels can read them there, for as long as the data is held.
  func view() -> Matrix? {
    guard elementType == .float32, columns % panelWidth == 0, rows > 0 else { return nil }
    return x.withBytes { bytes in
      guard let base = bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 else { return nil }
      return Matrix(viewing: base.assumingMemoryBound(to: Float.self), rows: rows, columns: columns)
    }
  }

  /// Converts rows `range` of a batch into a matrix. Row i of the batch is row order[start + i] of the data, or row
  /// start + i when there is no order.
  func gather(_ range: Range<Int>, at start: Int, order: UnsafePointer<Int32>?, into matrix: Matrix) {
    x.withBytes { bytes in
      guard let from = bytes.baseAddress else { return }
      kernels.gatherRows(
        type: elementType, from: from, columns: columns, indices: order.map { $0 + start + range.lowerBound },
        first: start + range.lowerBound, count: range.count, to: matrix.pointer + range.lowerBound * matrix.ld,
        ld: matrix.ld)
    }
  }

  /// Puts the answers of a batch where the loss looks for them.
  func fill(_ targets: Targets, rows count: Int, at start: Int, order: UnsafePointer<Int32>?) {
    targets.holdsClasses = hasClasses
    if case .inputs = answers { gather(0..<count, at: start, order: order, into: targets.values) }
    for i in 0..<count {
      let row = order.map { Int($0[start + i]) } ?? start + i
      targets.weights.pointer[i] = weights?[row] ?? 1
      switch answers {
      case .none, .inputs: break
      case .classes(let labels):
        targets.labels.pointer[i] = labels[row]
        // For losses on values a class id of two classes is the target 0 or 1.
        targets.values.pointer[i * targets.values.ld] = Float(labels[row])
      case .values(let values, let columns):
        for c in 0..<columns { targets.values.pointer[i * targets.values.ld + c] = values[row * columns + c] }
      }
    }
  }
}
