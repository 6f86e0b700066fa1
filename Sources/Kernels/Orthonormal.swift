import COpenBLAS

extension BLAS {
  /// The factor Q of the decomposition A = Q·R of a matrix with at least as many rows as columns, in which each column
  /// has the sign that makes R's diagonal positive: of normal numbers it is uniformly distributed over all matrices with
  /// orthonormal columns (Mezzadri 2007).
  ///
  /// - Parameter matrix: A [rows, columns], column after column; so is the result.
  public func orthonormalColumns(of matrix: [Double], rows: Int, columns: Int) -> [Double] {
    var (q, m, n) = (matrix, blasint(rows), blasint(columns))
    var factors = [Double](repeating: 0, count: columns)
    // 64 is more than the block of columns that LAPACK works on at a time.
    var work = [Double](repeating: 0, count: columns * 64)
    var (workCount, info) = (blasint(work.count), blasint(0))
    dgeqrfFunction(&m, &n, &q, &m, &factors, &work, &workCount, &info)
    let isNegative = (0..<columns).map { q[$0 * rows + $0] < 0 }
    // Neither function fails but for arguments out of range.
    dorgqrFunction(&m, &n, &n, &q, &m, factors, &work, &workCount, &info)
    for column in 0..<columns where isNegative[column] {
      for i in column * rows..<(column + 1) * rows { q[i] = -q[i] }
    }
    return q
  }
}
