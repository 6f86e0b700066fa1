import class Kernels.AlignedBuffer
import class Kernels.ThreadTeam
import Tensors

/// Count, mean, sum of squared deviations, least and greatest value of each column.
///
/// Two passes in double precision: the sums, then the squared deviations from the means, less the square of what the
/// means were off (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983). So the variance is
/// right even where the mean is many times the standard deviation.
struct Moments: Sendable {
  /// The number of rows.
  var rows: Int
  /// The sum of each column; exact for bytes.
  var sums: [Double]
  /// The mean of each column.
  var means: [Double]
  /// Σ (x − mean)² of each column.
  var squares: [Double]
  /// The least value of each column.
  var least: [Double]
  /// The greatest value of each column.
  var greatest: [Double]

  /// The moments of a matrix of at least one row. Fails at the first value that is no finite number.
  init(_ source: RowSource, place: String, team: ThreadTeam) throws(Failure) {
    let columns = source.columns
    let blocks = Blocks(source.rows, width: columns)
    rows = source.rows

    // By block three rows of numbers: sums, least and greatest, then squares and offsets.
    let partial = AlignedBuffer<Double>(count: blocks.blocks * columns * 3)
    let chunks = Moments.chunks(of: columns)
    let workspace = { AlignedBuffer<Double>(count: blocks.size * min(columns, Moments.chunkWidth)) }
    let bad = FirstBadValue()
    team.forEach(blocks.blocks, workspace: workspace) { block, space in
      let range = blocks[block]
      for chunk in chunks {
        source.copy(rows: range, columns: chunk, to: space.pointer)
        let sums = partial.pointer + (block * columns * 3 + chunk.lowerBound)
        Moments.addUp(
          space.pointer, range.count, chunk.count, sums: sums, least: sums + columns, greatest: sums + 2 * columns)
        for column in 0..<chunk.count where !sums[column].isFinite {
          if let value = BadValue.find(space.pointer, rows: range, columns: chunk) { bad.note(value) }
          break
        }
      }
    }
    if let bad = bad.value { throw bad.failure(place) }
    var (sums, least, greatest) = (
      [Double](repeating: 0, count: columns), [Double](repeating: .infinity, count: columns),
      [Double](repeating: -.infinity, count: columns)
    )
    for block in 0..<blocks.blocks {
      let part = partial.pointer + block * columns * 3
      for column in 0..<columns {
        sums[column] += part[column]
        least[column] = min(least[column], part[columns + column])
        greatest[column] = max(greatest[column], part[2 * columns + column])
      }
    }
    let means = (0..<columns).map { column in
      // The mean of equal values is that value, to the bit.
      least[column] == greatest[column] ? least[column] : sums[column] / Double(source.rows)
    }

    team.forEach(blocks.blocks, workspace: workspace) { block, space in
      let range = blocks[block]
      for chunk in chunks {
        source.copy(rows: range, columns: chunk, to: space.pointer)
        let squares = partial.pointer + (block * columns * 3 + chunk.lowerBound)
        means.withUnsafeBufferPointer { means in
          guard let means = means.baseAddress else { return }
          Moments.addUpSquares(
            space.pointer, range.count, chunk.count, means: means + chunk.lowerBound, squares: squares,
            offsets: squares + columns)
        }
      }
    }
    var (squares, offsets) = ([Double](repeating: 0, count: columns), [Double](repeating: 0, count: columns))
    for block in 0..<blocks.blocks {
      let part = partial.pointer + block * columns * 3
      for column in 0..<columns {
        squares[column] += part[column]
        offsets[column] += part[columns + column]
      }
    }
    let count = Double(source.rows)
    for column in 0..<columns {
      let square = squares[column] - offsets[column] * offsets[column] / count
      guard means[column].isFinite, square.isFinite else {
        throw .input("\(place): 'x' value \(column): the numbers are so large that their variance overflows")
      }
      squares[column] = max(0, square)
    }
    self.sums = sums
    self.means = means
    self.squares = squares
    self.least = least
    self.greatest = greatest
  }

  private static func addUp(
    _ values: UnsafePointer<Double>, _ rows: Int, _ columns: Int, sums: UnsafeMutablePointer<Double>,
    least: UnsafeMutablePointer<Double>, greatest: UnsafeMutablePointer<Double>
  ) {
    for column in 0..<columns {
      sums[column] = 0
      least[column] = values[column]
      greatest[column] = values[column]
    }
    for row in 0..<rows {
      let line = values + row * columns
      for column in 0..<columns {
        let value = line[column]
        sums[column] += value
        least[column] = value < least[column] ? value : least[column]
        greatest[column] = value > greatest[column] ? value : greatest[column]
      }
    }
  }

  private static func addUpSquares(
    _ values: UnsafePointer<Double>, _ rows: Int, _ columns: Int, means: UnsafePointer<Double>,
    squares: UnsafeMutablePointer<Double>, offsets: UnsafeMutablePointer<Double>
  ) {
    for column in 0..<columns {
      squares[column] = 0
      offsets[column] = 0
    }
    for row in 0..<rows {
      let line = values + row * columns
      for column in 0..<columns {
        let deviation = line[column] - means[column]
        offsets[column] += deviation
        squares[column] += deviation * deviation
      }
    }
  }

  /// Columns are worked on so many at a time.
  private static let chunkWidth = 1024

  private static func chunks(of columns: Int) -> [Range<Int>] {
    stride(from: 0, to: columns, by: chunkWidth).map { $0..<min(columns, $0 + chunkWidth) }
  }

  /// The moments of groups of columns taken together, each column given those of its group: column c belongs to
  /// group c mod `groups`.
  func pooled(groups: Int) -> Moments {
    let columns = means.count
    guard groups < columns else { return self }
    let size = Double(columns / groups)
    var (sum, least, greatest) = (
      [Double](repeating: 0, count: groups), [Double](repeating: .infinity, count: groups),
      [Double](repeating: -.infinity, count: groups)
    )
    for column in 0..<columns {
      sum[column % groups] += means[column]
      least[column % groups] = min(least[column % groups], self.least[column])
      greatest[column % groups] = max(greatest[column % groups], self.greatest[column])
    }
    let mean = (0..<groups).map { least[$0] == greatest[$0] ? least[$0] : sum[$0] / size }
    var squares = [Double](repeating: 0, count: groups)
    for column in 0..<columns {
      let difference = means[column] - mean[column % groups]
      squares[column % groups] += self.squares[column] + Double(rows) * difference * difference
    }
    var result = self
    for column in 0..<columns {
      result.means[column] = mean[column % groups]
      result.squares[column] = squares[column % groups] / size
      result.least[column] = least[column % groups]
      result.greatest[column] = greatest[column % groups]
    }
    return result
  }

  /// Standard deviations with divisor n; 1 for columns that do not vary, which are left alone so.
  var deviations: [Double] {
    means.indices.map { column in
      guard least[column] < greatest[column] else { return 1 }
      let deviation = (squares[column] / Double(rows)).squareRoot()
      return deviation > 0 ? deviation : 1
    }
  }

  /// Greatest less least value; 1 for columns that do not vary.
  var ranges: [Double] {
    means.indices.map { column in
      let range = greatest[column] - least[column]
      return range > 0 && range.isFinite ? range : 1
    }
  }
}
