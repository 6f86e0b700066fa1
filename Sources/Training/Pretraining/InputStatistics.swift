#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// What the inputs of a layer look like.
struct InputStatistics {
  /// The mean of each column.
  private let means: [Double]
  private let rows: Int
  /// Whether every value is from 0 to 1.
  let areShares: Bool

  /// The statistics of all rows, in their order.
  init(_ data: Dataset) {
    let matrix = Matrix(capacity: min(256, data.rows), columns: data.columns)
    var sums = [Double](repeating: 0, count: data.columns)
    var areShares = true
    for start in stride(from: 0, to: data.rows, by: max(1, matrix.capacity)) {
      let count = min(matrix.capacity, data.rows - start)
      data.gather(0..<count, at: start, order: nil, into: matrix)
      for row in 0..<count {
        for (column, value) in matrix[row: row].enumerated() {
          sums[column] += Double(value)
          if !(0...1).contains(value) { areShares = false }
        }
      }
    }
    rows = data.rows
    means = sums.map { $0 / Double(max(1, data.rows)) }
    self.areShares = areShares
  }

  /// The biases with which a reconstruction of nothing else is the mean: the means, or their logits, held off infinity as if
  /// one row more were at a half (Hinton 2010, section 8). So many: one for each column, or for each channel of images.
  func biases(_ units: BoltzmannMachine.VisibleUnits, count: Int) -> [Float] {
    var sums = [Double](repeating: 0, count: count)
    for (column, mean) in means.enumerated() { sums[column % count] += mean }
    let means = sums.map { $0 / Double(self.means.count / count) }
    switch units {
    case .gaussian: return means.map { Float($0) }
    case .bernoulli:
      return means.map { mean in
        let p = (mean * Double(rows) + 0.5) / Double(rows + 1)
        return Float(log(p / (1 - p)))
      }
    }
  }
}
