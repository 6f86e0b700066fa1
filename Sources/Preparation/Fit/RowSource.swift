import class Kernels.AlignedBuffer
import enum Kernels.ColumnType
import let Kernels.kernels
import Tensors

/// The values of `x` of one or more frames as one matrix of rows, converted block by block: there is never a second
/// copy of the whole.
struct RowSource: Sendable {
  /// The tensors, which agree in type and row shape.
  let parts: [Tensor]
  /// The number of the first row of each part.
  private let starts: [Int]
  /// All rows.
  let rows: Int
  /// Values of one row.
  let columns: Int

  init(_ parts: [Tensor]) {
    self.parts = parts
    var starts: [Int] = []
    var rows = 0
    for part in parts {
      starts.append(rows)
      rows += part.rows
    }
    self.starts = starts
    self.rows = rows
    columns = parts.first?.rowCount ?? 0
  }

  /// The type of the values.
  var type: ElementType? { parts.first?.type }

  /// Writes some columns of some rows as 64-bit floats, row by row without gaps.
  func copy(rows range: Range<Int>, columns: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    let width = columns.count
    forEachPart(range) { part, place in
      let out = target + place * width
      switch part.type {
      case .uint8, .bool:
        part.withElements(of: UInt8.self) { convert($0, part.rows, columns, out) { Double($0) } }
      case .float32: part.withElements(of: Float.self) { convert($0, part.rows, columns, out) { Double($0) } }
      case .float64: part.withElements(of: Double.self) { convert($0, part.rows, columns, out) { $0 } }
      default: part.doubles.withUnsafeBufferPointer { convert($0, part.rows, columns, out) { $0 } }
      }
    }
  }

  /// Calls `body` with some columns of some rows, one run of rows after the other, as they are stored; values of a type
  /// that kernels do not take are converted into `space` first, which holds at least one row of them.
  ///
  /// - Parameter body: takes the type, the first value, the distance from row to row, and the rows, numbered from the
  ///   first of `range`.
  func forEachRun(
    _ range: Range<Int>, columns: Range<Int>, space: AlignedBuffer<Double>,
    _ body: (ColumnType, UnsafeRawPointer, Int, Range<Int>) -> Void
  ) {
    forEachPart(range) { part, place in
      if let type = part.type.column {
        return part.withBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          body(type, base + columns.lowerBound * part.type.width, self.columns, place..<place + part.rows)
        }
      }
      let step = max(1, space.count / max(1, columns.count))
      for start in stride(from: place, to: place + part.rows, by: step) {
        let run = start..<min(place + part.rows, start + step)
        copy(
          rows: range.lowerBound + run.lowerBound..<range.lowerBound + run.upperBound, columns: columns,
          to: space.pointer)
        body(.float64, UnsafeRawPointer(space.pointer), columns.count, run)
      }
    }
  }

  /// Writes some rows of whole multiples of `step`, n·step for n from 0 to 255, as n − 128 into rows that begin `ld` floats
  /// apart. Returns whether they are.
  func copyWholeNumbers(rows range: Range<Int>, step: Float, to target: UnsafeMutablePointer<Float>, ld: Int) -> Bool {
    var areWhole = true
    forEachPart(range) { part, place in
      for row in 0..<part.rows {
        let out = target + (place + row) * ld
        if part.type == .float32 {
          part[rows: row..<row + 1].withElements(of: Float.self) { values in
            guard let base = values.baseAddress else { return }
            if !kernels.wholeMultiples(base, count: columns, step: step, to: out) { areWhole = false }
          }
        } else {
          part[rows: row..<row + 1].withElements(of: UInt8.self) { values in
            for i in 0..<values.count { out[i] = Float(Int32(values[i]) &- 128) }
          }
        }
      }
    }
    return areWhole
  }

  /// Calls `body` with the rows of a range that lie in one part after the other, and where in the range they start.
  private func forEachPart(_ range: Range<Int>, _ body: (Tensor, Int) -> Void) {
    for (part, start) in zip(parts, starts) {
      let overlap = range.clamped(to: start..<start + part.rows)
      guard !overlap.isEmpty else { continue }
      body(part[rows: overlap.lowerBound - start..<overlap.upperBound - start], overlap.lowerBound - range.lowerBound)
    }
  }

  @inline(__always)
  private func convert<Element>(
    _ from: UnsafeBufferPointer<Element>, _ rows: Int, _ columns: Range<Int>, _ to: UnsafeMutablePointer<Double>,
    _ value: (Element) -> Double
  ) {
    guard let base = from.baseAddress else { return }
    let width = columns.count
    for row in 0..<rows {
      let source = base + (row * self.columns + columns.lowerBound)
      let target = to + row * width
      for column in 0..<width { target[column] = value(source[column]) }
    }
  }
}

extension ElementType {
  /// The type by which kernels for columns take the elements as they are; nil for types that are converted.
  fileprivate var column: ColumnType? {
    switch self {
    case .uint8, .bool: .uint8
    case .float32: .float32
    case .float64: .float64
    default: nil
    }
  }
}

/// A value that is no finite number, by its place in the data or in what is made of it.
struct BadValue: Sendable {
  var row: Int
  var column: Int
  var value: Double
  /// Whether the value itself is finite, but its place in the result is not.
  var isResult = false

  /// The failure that names it.
  func failure(_ place: String) -> Failure {
    if isResult {
      return .input(
        "\(place.isEmpty ? "" : place + ": ")'x' row \(row), value \(column) is not finite in the result: the data and "
          + "the preparation do not go together")
    }
    let what = value.isNaN ? "NaN" : value.isInfinite ? "infinite" : "\(value), too large for 32 bits"
    return .input(
      "\(place.isEmpty ? "" : place + ": ")'x' row \(row), value \(column) is \(what); every value must be a finite number"
    )
  }

  /// The first of a block of values, row by row, that is not finite.
  static func find(_ block: UnsafePointer<Double>, rows: Range<Int>, columns: Range<Int>) -> BadValue? {
    let width = columns.count
    for i in 0..<rows.count * width where !block[i].isFinite {
      return BadValue(
        row: rows.lowerBound + i / width, column: columns.lowerBound + i % width, value: block[i])
    }
    return nil
  }
}

extension RowSource {
  /// The first of some values, row by row, that is not finite.
  func firstNotFinite(rows: Range<Int>, columns: Range<Int>) -> BadValue? {
    let line = AlignedBuffer<Double>(count: columns.count)
    for row in rows {
      copy(rows: row..<row + 1, columns: columns, to: line.pointer)
      if let bad = BadValue.find(line.pointer, rows: row..<row + 1, columns: columns) { return bad }
    }
    return nil
  }
}
