import Kernels

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
    var isFinite = true
    source.forEachRun(rows, columns: 0..<columns, space: doubles) { type, x, ldx, run in
      let out = target + run.lowerBound * columns
      if !operation.apply(type, x, ldx: ldx, rows: run.count, columns: columns, to: out) { isFinite = false }
    }
    if isFinite { return nil }
    for row in rows {
      if let bad = source.firstNotFinite(rows: row..<row + 1, columns: 0..<columns) { return bad }
      let out = target + (row - rows.lowerBound) * columns
      for column in 0..<columns where !out[column].isFinite {
        return BadValue(row: row, column: column, value: Double(out[column]), isResult: true)
      }
    }
    return nil
  }

  /// Applies an operation to rows of `columns` values that begin `stride` values apart.
  private func apply(
    _ operation: Operation, _ values: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ stride: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    guard case .product(let weights, let factor) = operation else {
      _ = operation.apply(.float32, values, ldx: stride, rows: rows, columns: columns, to: target)
      return
    }
    weights.multiply(values, ldx: stride, rows: rows, to: target)
    guard let factor else { return }
    let zeros = AlignedBuffer<Double>(count: weights.outputs)
    _ = kernels.shiftAndScale(
      .float32, target, ldx: weights.stride, rows: rows, columns: weights.outputs, offset: zeros.pointer,
      factor: factor, to: target, ldy: weights.stride)
  }
}
