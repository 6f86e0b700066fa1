import KernelInterface

private typealias Eight = SIMD8<Double>

extension Level {
  /// See `ColumnLevel`.
  public static func addColumns(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, sums: UnsafeMutablePointer<Double>,
    least: UnsafeMutablePointer<Double>, greatest: UnsafeMutablePointer<Double>
  ) {
    forEachVector(type, x, ldx: ldx, rows: rows, columns: columns) { _, column, value in
      store(load(sums + column, as: Eight.self) + value, sums + column)
      let (low, high) = (load(least + column, as: Eight.self), load(greatest + column, as: Eight.self))
      store(low.replacing(with: value, where: value .< low), least + column)
      store(high.replacing(with: value, where: value .> high), greatest + column)
    } one: { _, column, value in
      sums[column] += value
      least[column] = value < least[column] ? value : least[column]
      greatest[column] = value > greatest[column] ? value : greatest[column]
    }
  }

  /// See `ColumnLevel`.
  public static func addSquares(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, centers: UnsafePointer<Double>,
    squares: UnsafeMutablePointer<Double>, offsets: UnsafeMutablePointer<Double>
  ) {
    forEachVector(type, x, ldx: ldx, rows: rows, columns: columns) { _, column, value in
      let deviation = value - load(centers + column, as: Eight.self)
      store(load(squares + column, as: Eight.self) + deviation * deviation, squares + column)
      store(load(offsets + column, as: Eight.self) + deviation, offsets + column)
    } one: { _, column, value in
      let deviation = value - centers[column]
      squares[column] += deviation * deviation
      offsets[column] += deviation
    }
  }

  /// See `ColumnLevel`.
  public static func shiftAndScale(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, offset: UnsafePointer<Double>,
    factor: UnsafePointer<Double>, to y: UnsafeMutablePointer<Float>, ldy: Int
  ) -> Bool {
    // y·0 is 0 for every finite y, else NaN, and NaN stays in a sum.
    var (check, last) = (SIMD8<Float>(), Float(0))
    forEachVector(type, x, ldx: ldx, rows: rows, columns: columns) { row, column, value in
      let result = SIMD8<Float>(
        (value - load(offset + column, as: Eight.self)) * load(factor + column, as: Eight.self))
      store(result, y + (row * ldy + column))
      check += result * 0
    } one: { row, column, value in
      let result = Float((value - offset[column]) * factor[column])
      y[row * ldy + column] = result
      last += result * 0
    }
    return horizontalSum(check) + last == 0
  }

  /// See `ColumnLevel`.
  public static func scaleAndShift(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, factor: UnsafePointer<Double>,
    offset: UnsafePointer<Double>, to y: UnsafeMutablePointer<Float>, ldy: Int
  ) -> Bool {
    var (check, last) = (SIMD8<Float>(), Float(0))
    forEachVector(type, x, ldx: ldx, rows: rows, columns: columns) { row, column, value in
      let result = SIMD8<Float>(
        value * load(factor + column, as: Eight.self) + load(offset + column, as: Eight.self))
      store(result, y + (row * ldy + column))
      check += result * 0
    } one: { row, column, value in
      let result = Float(value * factor[column] + offset[column])
      y[row * ldy + column] = result
      last += result * 0
    }
    return horizontalSum(check) + last == 0
  }
}

extension Level {
  /// See `ColumnLevel`.
  public static func wholeMultiples(
    _ x: UnsafePointer<Float>, count: Int, step: Float, to y: UnsafeMutablePointer<Float>
  ) -> Bool {
    // Added to a number below 2²², 1.5·2²³ rounds it to a whole one.
    let (rounding, tolerance) = (Lanes(repeating: 12_582_912), Float(sign: .plus, exponent: -22, significand: 1))
    let factor = 1 / step
    var wrong = LaneBits()
    forEachVector(count) { i, load, store in
      let value = load(x + i)
      let number = (value * factor + rounding) - rounding
      let isWrong =
        (magnitude(value - number * step) .> magnitude(value) * tolerance) .| (number .< 0) .| (number .> 255)
        .| (value .!= value)
      wrong = wrong.replacing(with: 1, where: isWrong)
      store(number - 128, y + i)
    }
    return wrong == LaneBits()
  }
}

/// Calls `eight` with eight neighbouring elements of a row at a time, and `one` with each of those left over.
@inline(__always)
private func forEachVector(
  _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int,
  eight: (_ row: Int, _ column: Int, SIMD8<Double>) -> Void, one: (_ row: Int, _ column: Int, Double) -> Void
) {
  @inline(__always)
  func each<Element>(
    _: Element.Type, _ vector: (UnsafeRawPointer) -> SIMD8<Double>, _ number: (Element) -> Double
  ) {
    let size = MemoryLayout<Element>.size
    let whole = columns / 8 * 8
    for row in 0..<rows {
      let line = x + row * ldx * size
      var column = 0
      while column < whole {
        eight(row, column, vector(line + column * size))
        column += 8
      }
      while column < columns {
        one(row, column, number((line + column * size).loadUnaligned(as: Element.self)))
        column += 1
      }
    }
  }
  switch type {
  case .uint8: each(UInt8.self, { SIMD8<Double>($0.loadUnaligned(as: SIMD8<UInt8>.self)) }, { Double($0) })
  case .float32: each(Float.self, { SIMD8<Double>($0.loadUnaligned(as: SIMD8<Float>.self)) }, { Double($0) })
  case .float64: each(Double.self, { $0.loadUnaligned(as: SIMD8<Double>.self) }, { $0 })
  }
}
