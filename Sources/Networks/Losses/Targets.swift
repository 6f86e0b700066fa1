import Kernels

/// What a batch should have given: class ids, or values.
public final class Targets {
  /// Whether the rows' answers are in `labels`; otherwise they are in `values`.
  ///
  /// A loss of values finds the class ids 0 and 1 of a network with one output in `values` as well.
  public var holdsClasses: Bool
  /// Class ids, [capacity].
  public let labels: AlignedBuffer<Int32>
  /// Values, [capacity, outputs].
  public let values: Matrix
  /// Factors on the loss of each row, [capacity]: 1 unless set.
  public let weights: AlignedBuffer<Float>
  /// A weight for each class, or for each output where values are given; nil when all weigh the same.
  private let classWeights: AlignedBuffer<Float>?
  /// The factors of rows as `factors` made them, [capacity].
  private let made: AlignedBuffer<Float>

  /// Room for batches of up to `capacity` rows of `columns` values.
  public init(capacity: Int, columns: Int, holdsClasses: Bool = true, classWeights: [Float]? = nil) {
    self.holdsClasses = holdsClasses
    let capacity = max(1, capacity)
    labels = AlignedBuffer<Int32>(count: capacity)
    values = Matrix(capacity: capacity, columns: columns)
    weights = AlignedBuffer<Float>(count: capacity)
    for row in 0..<capacity { weights.pointer[row] = 1 }
    made = AlignedBuffer<Float>(count: capacity)
    self.classWeights = classWeights.map { given in
      let buffer = AlignedBuffer<Float>(count: paddedWidth(max(columns, given.count)))
      for (i, weight) in given.enumerated() { buffer.pointer[i] = weight }
      return buffer
    }
  }

  /// The weight of a class, or of an output.
  func classWeight(_ id: Int) -> Double { classWeights.map { Double($0.pointer[id]) } ?? 1 }

  /// The weights of the outputs, as the kernels take them; nil when all are 1, or when they are of class ids.
  var outputWeights: UnsafePointer<Float>? { holdsClasses ? nil : weightsOfClasses }

  /// The weights of the classes, as the kernels take them; nil when all are 1.
  var weightsOfClasses: UnsafePointer<Float>? { classWeights.map { UnsafePointer($0.pointer) } }

  /// Makes the factors of a range of rows: the row's own, times the weight of its class when `weighing`, and 0 for an
  /// ignored class.
  ///
  /// - Returns: the factors from the first row on, as the kernels take them.
  func factors(_ rows: Range<Int>, weighing: Bool, ignoring ignored: Int? = nil) -> UnsafePointer<Float> {
    for row in rows {
      var factor = weights.pointer[row]
      if holdsClasses {
        let label = Int(labels.pointer[row])
        if label == ignored {
          factor = 0
        } else if weighing, let classWeights {
          factor *= classWeights.pointer[label]
        }
      }
      made.pointer[row] = factor
    }
    return UnsafePointer(made.pointer + rows.lowerBound)
  }

  /// Writes the class ids of a range of rows into `values`, as one-hot rows.
  public func spreadClasses(_ rows: Range<Int>) {
    for row in rows {
      let out = values.pointer(atRow: row)
      for c in 0..<values.columns { out[c] = 0 }
      let label = Int(labels.pointer[row])
      if label < values.columns { out[label] = 1 }
    }
  }

  /// The sum of the weights of the rows' classes, without an ignored one: what a weighted mean is divided by.
  func weightOfClasses(rows: Int, ignoring ignored: Int?) -> Double {
    var sum = 0.0
    for row in 0..<rows {
      let label = Int(labels.pointer[row])
      if label != ignored { sum += classWeight(label) }
    }
    return sum
  }
}
