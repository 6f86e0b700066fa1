import Kernels
import Tensors

extension InitializerKind {
  /// Those that make matrices, not single numbers.
  static let matrices: [InitializerKind] = [
    InitializerKind(
      "orthogonal", arguments: "GAIN=1", summary: "orthonormal rows, or columns where there are fewer, times GAIN",
      needsMatrix: true
    ) { arguments throws(Failure) in
      let gain = try arguments.number("gain", default: 1)
      return { shape, stream throws(Failure) in try orthogonal(shape, &stream).map { gain * $0 } }
    },
    InitializerKind(
      "identity", arguments: "GAIN=1", summary: "GAIN on the diagonal, 0 elsewhere", needsMatrix: true
    ) { arguments throws(Failure) in
      let gain = try arguments.number("gain", default: 1)
      return { shape, _ in
        let (rows, columns) = (shape.sizes[0], shape.count / shape.sizes[0])
        var values = [Double](repeating: 0, count: shape.count)
        for i in 0..<min(rows, columns) { values[i * columns + i] = gain }
        return values
      }
    },
  ]

  /// The factor Q of a matrix of normal numbers (Saxe et al. 2014; PyTorch's orthogonal_).
  private static func orthogonal(_ shape: ParameterShape, _ stream: inout RandomStream) throws(Failure) -> [Double] {
    let (rows, columns) = (shape.sizes[0], shape.count / shape.sizes[0])
    let (long, short) = (max(rows, columns), min(rows, columns))
    var normal: [Double] = []
    normal.reserveCapacity(shape.count)
    for _ in 0..<shape.count { normal.append(stream.nextNormal()) }
    let q: [Double]
    do throws(BLASError) {
      q = try BLAS.open().orthonormalColumns(of: normal, rows: long, columns: short)
    } catch {
      throw .failed("orthogonal: \(error)")
    }
    // Q's columns lie one after the other: as rows they are the matrix already.
    guard rows > columns else { return q }
    var values = q
    for r in 0..<rows { for c in 0..<columns { values[r * columns + c] = q[c * rows + r] } }
    return values
  }
}
