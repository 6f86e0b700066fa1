import Kernels
import Tensors

/// Count, mean, sum of squared deviations, least and greatest value of each column.
///
/// In double precision, block of rows by block: the sums, then the squared deviations from the block's means, less the
/// square of what the means were off; blocks are joined by the pairwise formula (Chan, Golub and LeVeque, "Algorithms for
/// computing the sample variance", 1983). So the variance is right even where the mean is many times the standard
/// deviation.
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

    // By block five rows of numbers.
    let partial = AlignedBuffer<Double>(count: blocks.blocks * columns * 5)
    let chunks = Moments.chunks(of: columns)
    let workspace = { AlignedBuffer<Double>(count: Moments.conversionRows * min(columns, Moments.chunkWidth)) }
    let bad = FirstBadValue()
    team.forEach(blocks.blocks, workspace: workspace) { block, space in
      for chunk in chunks {
        let part = Part(partial.pointer + (block * columns * 5 + chunk.lowerBound), stride: columns, count: chunk.count)
        part.take(in: blocks[block], of: source, chunk, space)
        for column in 0..<chunk.count where !part.sums[column].isFinite {
          if let value = source.firstNotFinite(rows: blocks[block], columns: chunk) { bad.note(value) }
          break
        }
      }
    }
    if let bad = bad.value { throw bad.failure(place) }
    let parts = (0..<blocks.blocks).map {
      Part(partial.pointer + $0 * columns * 5, stride: columns, count: columns)
    }
    var (sums, least, greatest) = (
      [Double](repeating: 0, count: columns), [Double](repeating: .infinity, count: columns),
      [Double](repeating: -.infinity, count: columns)
    )
    for part in parts {
      for column in 0..<columns {
        sums[column] += part.sums[column]
        least[column] = min(least[column], part.least[column])
        greatest[column] = max(greatest[column], part.greatest[column])
      }
    }
    let means = (0..<columns).map { column in
      // The mean of equal values is that value, to the bit.
      least[column] == greatest[column] ? least[column] : sums[column] / Double(source.rows)
    }
    var squares = [Double](repeating: 0, count: columns)
    for (block, part) in parts.enumerated() {
      let count = Double(blocks[block].count)
      for column in 0..<columns {
        let difference = part.means[column] - means[column]
        squares[column] += part.squares[column] + count * difference * difference
      }
    }
    for column in 0..<columns {
      guard means[column].isFinite, squares[column].isFinite else {
        throw .input("\(place): 'x' value \(column): the numbers are so large that their variance overflows")
      }
      squares[column] = max(0, squares[column])
    }
    self.sums = sums
    self.means = means
    self.squares = squares
    self.least = least
    self.greatest = greatest
  }

  /// Columns are worked on so many at a time.
  private static let chunkWidth = 1024
  /// Rows of a type that is converted first are converted so many at a time.
  private static let conversionRows = 64

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

/// The moments of some columns of a block of rows, in memory shared with other blocks.
private struct Part {
  let sums, least, greatest, means, squares: UnsafeMutablePointer<Double>
  let count: Int

  init(_ first: UnsafeMutablePointer<Double>, stride: Int, count: Int) {
    (sums, least, greatest) = (first, first + stride, first + 2 * stride)
    (means, squares) = (first + 3 * stride, first + 4 * stride)
    self.count = count
  }

  /// Sets the moments to those of some rows.
  func take(in rows: Range<Int>, of source: RowSource, _ columns: Range<Int>, _ space: AlignedBuffer<Double>) {
    sums.update(repeating: 0, count: count)
    least.update(repeating: .infinity, count: count)
    greatest.update(repeating: -.infinity, count: count)
    source.forEachRun(rows, columns: columns, space: space) { type, x, ldx, run in
      kernels.addColumns(
        type, x, ldx: ldx, rows: run.count, columns: count, sums: sums, least: least, greatest: greatest)
    }
    let size = Double(rows.count)
    for column in 0..<count { means[column] = sums[column] / size }
    let offsets = AlignedBuffer<Double>(count: count)
    squares.update(repeating: 0, count: count)
    source.forEachRun(rows, columns: columns, space: space) { type, x, ldx, run in
      kernels.addSquares(
        type, x, ldx: ldx, rows: run.count, columns: count, centers: means, squares: squares, offsets: offsets.pointer)
    }
    for column in 0..<count {
      squares[column] -= offsets[column] * offsets[column] / size
      means[column] += offsets[column] / size
    }
  }
}
