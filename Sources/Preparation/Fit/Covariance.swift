import Kernels

/// Products of a matrix of rows with itself, in double precision.
///
/// The squares of condition numbers appear here, and single precision would leave little of the small eigenvalues
/// that whitening divides by (of Fashion-MNIST's 784 the least is 5·10⁻⁹ of the greatest). So the products are of
/// doubles; except where single precision is exact, see `WholeNumberProducts`.
struct Covariance {
  let source: RowSource
  let moments: Moments
  /// What each column is divided by.
  let scale: [Double]
  let blas: BLAS
  let team: ThreadTeam

  /// The upper triangle of the covariance [d, d] of the columns, each divided by its scale, with divisor n − 1.
  func ofColumns() -> [Double] {
    let columns = source.columns
    let sum = AlignedBuffer<Double>(count: columns * columns)
    if !WholeNumberProducts.add(of: source, moments, to: sum, team) { addDoubles(to: sum) }
    let divisor = Double(source.rows - 1)
    var result = [Double](repeating: 0, count: columns * columns)
    result.withUnsafeMutableBufferPointer { result in
      for i in 0..<columns {
        for j in i..<columns { result[i * columns + j] = sum[i * columns + j] / (divisor * scale[i] * scale[j]) }
      }
    }
    return result
  }

  /// Rows of a block.
  private static let blockRows = 1024

  /// Pairs of panels of columns, i ≤ j, which cover the upper triangle; their borders depend on `columns` alone.
  private static func tiles(_ columns: Int) -> [(i: Range<Int>, j: Range<Int>)] {
    let count = (columns + 127) / 128
    let width = (columns + count - 1) / count
    let panels = stride(from: 0, to: columns, by: width).map { $0..<min(columns, $0 + width) }
    return panels.indices.flatMap { i in panels[i...].map { (panels[i], $0) } }
  }

  /// Σ (x − mean)(x − mean)ᵀ over the rows.
  private func addDoubles(to sum: AlignedBuffer<Double>) {
    let columns = source.columns
    let tiles = Covariance.tiles(columns)
    let block = AlignedBuffer<Double>(count: min(source.rows, Covariance.blockRows) * columns)
    for start in stride(from: 0, to: source.rows, by: Covariance.blockRows) {
      let rows = start..<min(source.rows, start + Covariance.blockRows)
      let pieces = Blocks(rows.count, width: columns, limits: 16...128)
      team.forEach(pieces.blocks) { piece in
        let range = pieces[piece]
        let target = block.pointer + range.lowerBound * columns
        source.copy(rows: start + range.lowerBound..<start + range.upperBound, columns: 0..<columns, to: target)
        subtract(moments.means, from: target, rows: range.count)
      }
      team.forEach(tiles.count) { tile in
        let (i, j) = tiles[tile]
        blas.gemm(
          .transposed, .plain, m: i.count, n: j.count, k: rows.count, a: block.pointer + i.lowerBound, lda: columns,
          b: block.pointer + j.lowerBound, ldb: columns, beta: 1,
          c: sum.pointer + (i.lowerBound * columns + j.lowerBound), ldc: columns)
      }
    }
  }

  private func subtract(_ means: [Double], from block: UnsafeMutablePointer<Double>, rows: Int) {
    means.withUnsafeBufferPointer { means in
      for row in 0..<rows {
        let line = block + row * means.count
        for column in 0..<means.count { line[column] -= means[column] }
      }
    }
  }
}

/// The other product, for data of fewer rows than columns: Z Zᵀ [n, n], where Z is the data centered and scaled. It
/// has the eigenvalues of the covariance, and its eigenvectors u give the axes Zᵀu / |Zᵀu|.
extension Covariance {
  /// Columns of Z at a time: about 2²⁰ values.
  private var slices: [Range<Int>] {
    let width = max(16, (1 << 20) / source.rows)
    return stride(from: 0, to: source.columns, by: width).map { $0..<min(source.columns, $0 + width) }
  }

  private func copySlice(_ columns: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    let pieces = Blocks(source.rows, width: columns.count, limits: 16...1024)
    team.forEach(pieces.blocks) { piece in
      let rows = pieces[piece]
      let block = target + rows.lowerBound * columns.count
      source.copy(rows: rows, columns: columns, to: block)
      for row in 0..<rows.count {
        let line = block + row * columns.count
        for (i, column) in columns.enumerated() { line[i] = (line[i] - moments.means[column]) / scale[column] }
      }
    }
  }

  /// The upper triangle of Z Zᵀ / (n − 1).
  func ofRows() -> [Double] {
    let rows = source.rows
    let tiles = Covariance.tiles(rows)
    var result = [Double](repeating: 0, count: rows * rows)
    let slice = AlignedBuffer<Double>(count: rows * (slices.first?.count ?? 0))
    result.withUnsafeMutableBufferPointer { result in
      guard let result = result.baseAddress else { return }
      for columns in slices {
        copySlice(columns, to: slice.pointer)
        let width = columns.count
        team.forEach(tiles.count) { tile in
          let (i, j) = tiles[tile]
          blas.gemm(
            .plain, .transposed, m: i.count, n: j.count, k: width, alpha: 1 / Double(rows - 1),
            a: slice.pointer + i.lowerBound * width, lda: width, b: slice.pointer + j.lowerBound * width, ldb: width,
            beta: 1, c: result + (i.lowerBound * rows + j.lowerBound), ldc: rows)
        }
      }
    }
    return result
  }

  /// U · Z for the rows of U [k, n]: the axes, not yet of length one, [k, d].
  func axes(_ vectors: [Double], count: Int) -> [Double] {
    let (rows, columns) = (source.rows, source.columns)
    var result = [Double](repeating: 0, count: count * columns)
    let slice = AlignedBuffer<Double>(count: rows * (slices.first?.count ?? 0))
    result.withUnsafeMutableBufferPointer { result in
      vectors.withUnsafeBufferPointer { vectors in
        guard let result = result.baseAddress, let vectors = vectors.baseAddress else { return }
        for range in slices {
          copySlice(range, to: slice.pointer)
          blas.gemm(
            m: count, n: range.count, k: rows, a: vectors, lda: rows, b: slice.pointer, ldb: range.count,
            c: result + range.lowerBound, ldc: columns)
        }
      }
    }
    return result
  }
}
