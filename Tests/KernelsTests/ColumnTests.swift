import Kernels
import Testing

@Suite struct ColumnTests {
  /// Seven rows, three unused elements behind each.
  private let rows = 7
  private let gap = 3

  /// The same numbers, whole ones from 0 to 255, in the three types.
  private func matrices(_ columns: Int) -> [(type: ColumnType, bytes: [UInt8], numbers: [Double])] {
    var stream = RandomStream(seed: UInt64(columns), purpose: 1)
    let numbers = (0..<rows * (columns + gap)).map { _ in UInt8(min(255, abs(stream.nextNormal()) * 80)) }
    func raw<Element>(_ values: [Element]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
    let fractions = numbers.map { Double($0) / 7 }
    let floats = fractions.map(Float.init)
    return [
      (.uint8, numbers, numbers.map(Double.init)), (.float32, raw(floats), floats.map(Double.init)),
      (.float64, raw(fractions), fractions),
    ]
  }

  @Test(arguments: [1, 7, 8, 21]) func statistics(columns: Int) {
    let centers = (0..<columns).map { Double($0) / 3 }
    for (type, bytes, numbers) in matrices(columns) {
      var sums = [Double](repeating: 1, count: columns)
      var (least, greatest, squares, offsets) = (sums, sums, sums, sums)
      for row in 0..<rows {
        for column in 0..<columns {
          let value = numbers[row * (columns + gap) + column]
          sums[column] += value
          least[column] = min(least[column], value)
          greatest[column] = max(greatest[column], value)
          squares[column] += (value - centers[column]) * (value - centers[column])
          offsets[column] += value - centers[column]
        }
      }
      for level in levels {
        let ones = [Double](repeating: 1, count: columns)
        var (a, b, c, d, e) = (ones, ones, ones, ones, ones)
        // In two calls, as blocks are that lie in two frames.
        for part in [0..<3, 3..<rows] {
          bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let x = base + bytes.count / rows * part.lowerBound
            level.addColumns(
              type, x, ldx: columns + gap, rows: part.count, columns: columns, sums: &a, least: &b, greatest: &c)
            level.addSquares(
              type, x, ldx: columns + gap, rows: part.count, columns: columns, centers: centers, squares: &d,
              offsets: &e)
          }
        }
        #expect(a == sums)
        #expect(b == least)
        #expect(c == greatest)
        #expect(d == squares)
        #expect(e == offsets)
      }
    }
  }

  @Test(arguments: [1, 7, 8, 21]) func affineMaps(columns: Int) {
    let offset = (0..<columns).map { Double($0) / 3 }
    let factor = (0..<columns).map { 1 / Double($0 + 3) }
    for (type, bytes, numbers) in matrices(columns) {
      for level in levels {
        var (there, back) = ([Float](repeating: -1, count: rows * (columns + 1)), [Float]())
        back = there
        let areFinite = bytes.withUnsafeBytes { bytes -> [Bool] in
          guard let x = bytes.baseAddress else { return [] }
          return [
            level.shiftAndScale(
              type, x, ldx: columns + gap, rows: rows, columns: columns, offset: offset, factor: factor, to: &there,
              ldy: columns + 1),
            level.scaleAndShift(
              type, x, ldx: columns + gap, rows: rows, columns: columns, factor: factor, offset: offset, to: &back,
              ldy: columns + 1),
          ]
        }
        #expect(areFinite == [true, true])
        for row in 0..<rows {
          for column in 0..<columns {
            let value = numbers[row * (columns + gap) + column]
            #expect(there[row * (columns + 1) + column] == Float((value - offset[column]) * factor[column]))
            #expect(back[row * (columns + 1) + column] == Float(value * factor[column] + offset[column]))
          }
          #expect(there[row * (columns + 1) + columns] == -1 && back[row * (columns + 1) + columns] == -1)
        }
      }
    }
  }

  @Test(arguments: [1, 7, 8, 21]) func resultsThatAreNotFinite(columns: Int) {
    let (zeros, ones) = ([Double](repeating: 0, count: columns), [Double](repeating: 1, count: columns))
    for bad in [Double.nan, .infinity, 1e300] {
      for place in 0..<columns {
        var x = zeros
        x[place] = bad
        var y = [Float](repeating: 0, count: columns)
        for level in levels {
          let shifted = level.shiftAndScale(
            .float64, x, ldx: columns, rows: 1, columns: columns, offset: zeros, factor: ones, to: &y, ldy: columns)
          let scaled = level.scaleAndShift(
            .float64, x, ldx: columns, rows: 1, columns: columns, factor: ones, offset: zeros, to: &y, ldy: columns)
          #expect(!shifted && !scaled)
        }
      }
    }
  }

  @Test(arguments: [1, 1 / 255, 0.1, 3.7e-5] as [Float]) func multiples(step: Float) {
    let numbers = (0...255).map(Float.init)
    for level in levels {
      // Rounded once, as a division of doubles by 255 is, or twice.
      for x in [numbers.map { $0 * step }, numbers.map { Float(Double($0) * Double(step)) }] {
        var y = [Float](repeating: 0, count: 256)
        let areWhole = level.wholeMultiples(x, count: 256, step: step, to: &y)
        #expect(areWhole)
        #expect(y == numbers.map { $0 - 128 })
      }
      for bad in [.nan, .infinity, -1, 256, 0.5, 3.001, 1e-7, 1e30] as [Float] {
        for place in [0, 9, 18] {
          var x = [Float](repeating: 0, count: 19)
          x[place] = bad * step
          var y = x
          let areWhole = level.wholeMultiples(x, count: 19, step: step, to: &y)
          #expect(!areWhole, "\(bad) at \(place)")
        }
      }
    }
  }
}
