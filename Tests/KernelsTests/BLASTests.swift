import Kernels
import Testing

@Suite struct BLASTests {
  @Test func products() throws {
    let blas = try BLAS.open()
    let a: [Double] = [1, 2, 3, 4, 5, 6]  // [2, 3]
    var c = [Double](repeating: 0, count: 4)
    blas.gemm(.plain, .transposed, m: 2, n: 2, k: 3, a: a, lda: 3, b: a, ldb: 3, c: &c, ldc: 2)
    #expect(c == [14, 32, 32, 77])
    var f = [Float](repeating: 1, count: 4)
    blas.gemm(
      .plain, .transposed, m: 2, n: 2, k: 3, a: a.map { Float($0) }, lda: 3, b: a.map { Float($0) }, ldb: 3,
      beta: 1, c: &f, ldc: 2)
    #expect(f == [15, 33, 33, 78])
  }

  @Test func eigen() throws {
    let blas = try BLAS.open()
    let n = 30
    let random = Matrix.random(n, n, seed: 1)
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n { matrix[i * n + j] = Double(random[min(i, j), max(i, j)]) }
    }
    let (values, vectors) = try blas.symmetricEigen(matrix, n: n)
    #expect(values == values.sorted())
    for i in 0..<n {
      let v = Array(vectors[i * n..<(i + 1) * n])
      #expect(abs(v.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
      for r in 0..<n {
        let product = (0..<n).reduce(0) { $0 + matrix[r * n + $1] * v[$1] }
        #expect(abs(product - values[i] * v[r]) < 1e-10)
      }
    }
  }

  @Test func orthonormalColumns() throws {
    let (rows, columns) = (30, 20)
    let matrix = Matrix.random(1, rows * columns, seed: 2).values.map(Double.init)
    let q = try BLAS.open().orthonormalColumns(of: matrix, rows: rows, columns: columns)
    func product(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int) -> Double {
      (0..<rows).reduce(0) { $0 + a[i * rows + $1] * b[j * rows + $1] }
    }
    for i in 0..<columns {
      for j in 0..<columns { #expect(abs(product(q, i, q, j) - (i == j ? 1 : 0)) < 1e-13) }
      // R = Qᵀ·A has a positive diagonal and nothing below it.
      #expect(product(q, i, matrix, i) > 0)
      for j in 0..<i { #expect(abs(product(q, i, matrix, j)) < 1e-12) }
    }
  }
}
