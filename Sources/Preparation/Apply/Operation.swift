import Kernels
import Tensors

/// A step of applying or undoing a preparation, on rows of 32-bit floats.
enum Operation: Sendable {
  /// y = (x − offset) · factor, in double precision, rounded once.
  case forward(offset: [Double]?, factor: [Double]?)
  /// y = x · factor + offset, in double precision, rounded once.
  case backward(factor: [Double]?, offset: [Double]?)
  /// y = (x · Wᵀ) · factor.
  case product(PackedWeights, factor: [Double]?)

  /// How many values a row has afterwards.
  func outputs(_ inputs: Int) -> Int {
    if case .product(let weights, _) = self { weights.outputs } else { inputs }
  }

  /// How many values a row takes up, those beyond its end included, when the operation writes to a workspace.
  func stride(_ inputs: Int) -> Int {
    if case .product(let weights, _) = self { weights.stride } else { inputs }
  }

  /// The operations of some stages, in order. The first one always is of the forward or backward kind.
  static func applying(_ stages: [Stage]) -> [Operation] {
    var operations: [Operation] = []
    for stage in stages {
      operations.append(.forward(offset: stage.mean?.doubles, factor: stage.std?.doubles.map { 1 / $0 }))
      guard let components = stage.components else { continue }
      let factor = stage.deviations?.doubles.map { 1 / $0 }
      operations += projection(components, factor: factor, isZCA: stage.isZCA)
    }
    return operations
  }

  /// The operations that undo some stages, last stage first.
  static func undoing(_ stages: [Stage]) -> [Operation] {
    var operations: [Operation] = []
    for stage in stages.reversed() {
      if let components = stage.components {
        let deviations = stage.deviations?.doubles
        if stage.isZCA {
          operations.append(.backward(factor: nil, offset: nil))
          operations += projection(components, factor: deviations, isZCA: true)
        } else {
          operations.append(.backward(factor: deviations, offset: nil))
          operations.append(back(components))
        }
      }
      operations.append(.backward(factor: stage.std?.doubles, offset: stage.mean?.doubles))
    }
    return operations
  }

  private static func projection(_ components: Tensor, factor: [Double]?, isZCA: Bool) -> [Operation] {
    let there = Operation.product(PackedWeights(components), factor: factor)
    return isZCA ? [there, back(components)] : [there]
  }

  private static func back(_ components: Tensor) -> Operation {
    .product(PackedWeights(transposing: components), factor: nil)
  }
}

/// What one thread needs to take blocks of rows through some operations.
final class OperationWorkspace {
  private let doubles: AlignedBuffer<Double>
  private let floats: [AlignedBuffer<Float>]

  /// Space for `rows` rows that never take up more than `width` values, and hold `inputs` at first.
  init(rows: Int, inputs: Int, width: Int) {
    doubles = AlignedBuffer(count: min(rows, OperationWorkspace.rowsAtOnce(inputs)) * inputs)
    floats = (0..<2).map { _ in AlignedBuffer(count: rows * width) }
  }

  /// Rows are converted so many at a time, to stay in the cache.
  private static func rowsAtOnce(_ columns: Int) -> Int { max(1, 8192 / max(1, columns)) }

  /// Takes rows of `source` through the operations and writes the results to `target`, row by row without gaps.
  /// Returns the first value that is not finite after the first operation, or after the last.
  func run(
    _ operations: [Operation], on source: RowSource, rows: Range<Int>, to target: UnsafeMutablePointer<Float>
  ) -> BadValue? {
    guard let first = operations.first else { return nil }
    var columns = source.columns
    var stride = columns
    var current = operations.count == 1 ? target : floats[0].pointer
    if let bad = convert(source, rows, first, to: current) { return bad }
    if operations.count == 1 { return nil }
    var spare = 1
    for (i, operation) in operations.enumerated().dropFirst() {
      // A result without padding goes where it belongs at once.
      let isLast = i + 1 == operations.count && operation.stride(columns) == operation.outputs(columns)
      let result = isLast ? target : floats[spare].pointer
      apply(operation, current, rows.count, columns, stride, to: result)
      stride = operation.stride(columns)
      columns = operation.outputs(columns)
      current = result
      spare = 1 - spare
    }
    if current != target {
      for row in 0..<rows.count { (target + row * columns).update(from: current + row * stride, count: columns) }
    }
    return OperationWorkspace.firstNotFinite(target, rows: rows, columns: columns)
  }

  /// The first result that is not finite: what follows the first operation keeps what is not finite so.
  private static func firstNotFinite(_ values: UnsafePointer<Float>, rows: Range<Int>, columns: Int) -> BadValue? {
    let count = rows.count * columns
    if kernels.isFinite(values, count: count) { return nil }
    for i in 0..<count where !values[i].isFinite {
      return BadValue(row: rows.lowerBound + i / columns, column: i % columns, value: Double(values[i]), isResult: true)
    }
    return nil
  }

  private func convert(
    _ source: RowSource, _ rows: Range<Int>, _ operation: Operation, to target: UnsafeMutablePointer<Float>
  ) -> BadValue? {
    let columns = source.columns
    let step = OperationWorkspace.rowsAtOnce(columns)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
      let range = start..<min(rows.upperBound, start + step)
      let values = doubles.pointer
      source.copy(rows: range, columns: 0..<columns, to: values)
      let out = target + (start - rows.lowerBound) * columns
      var check: Float = 0
      for row in 0..<range.count {
        let line = values + row * columns
        affine(operation, line, columns)
        let outLine = out + row * columns
        for column in 0..<columns {
          let value = Float(line[column])
          outLine[column] = value
          check += value * 0  // NaN from NaN and infinities, zero otherwise
        }
      }
      if check == 0 { continue }
      source.copy(rows: range, columns: 0..<columns, to: values)
      if let bad = BadValue.find(values, rows: range, columns: 0..<columns) { return bad }
      for i in 0..<range.count * columns where !out[i].isFinite {
        return BadValue(row: start + i / columns, column: i % columns, value: values[i], isResult: true)
      }
    }
    return nil
  }

  /// Applies an operation to rows of `columns` values that begin `stride` values apart.
  private func apply(
    _ operation: Operation, _ values: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ stride: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    switch operation {
    case .product(let weights, let factor):
      weights.multiply(values, ldx: stride, rows: rows, to: target)
      guard let factor else { return }
      factor.withUnsafeBufferPointer { factor in
        for row in 0..<rows {
          let line = target + row * weights.stride
          for column in 0..<weights.outputs { line[column] = Float(Double(line[column]) * factor[column]) }
        }
      }
    case .forward, .backward:
      let line = AlignedBuffer<Double>(count: columns)
      for row in 0..<rows {
        for column in 0..<columns { line[column] = Double(values[row * stride + column]) }
        affine(operation, line.pointer, columns)
        for column in 0..<columns { target[row * columns + column] = Float(line[column]) }
      }
    }
  }

  /// Shifts and scales one row in place.
  @inline(__always)
  private func affine(_ operation: Operation, _ line: UnsafeMutablePointer<Double>, _ columns: Int) {
    func add(_ values: [Double]?, _ sign: Double) {
      values?.withUnsafeBufferPointer { values in
        for column in 0..<columns { line[column] += sign * values[column] }
      }
    }
    func multiply(_ values: [Double]?) {
      values?.withUnsafeBufferPointer { values in
        for column in 0..<columns { line[column] *= values[column] }
      }
    }
    switch operation {
    case .forward(let offset, let factor):
      add(offset, -1)
      multiply(factor)
    case .backward(let factor, let offset):
      multiply(factor)
      add(offset, 1)
    case .product: break
    }
  }
}
