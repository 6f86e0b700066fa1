#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Tensors

/// `softmax`: p[c] = e^x[c] / Σ e^x over a row; the gradient is dx = p·(dy − Σ dy·p).
final class Softmax: TransformLayer {
  static let kind = LayerKind("softmax", arguments: "", keys: "", summary: "e^x / Σ e^x over each row") {
    spec, input throws(Failure) in
    try SpecReader(spec).finish()
    try Shape.requireFlat(input, for: spec)
    return Softmax(spec, input: input)
  }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let inputGradientIsInPlace = true
  let backwardNeeds = BackwardNeed.output

  init(_ spec: Spec, input: [Int]) {
    self.spec = spec
    inputShape = input
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, tileRows: max(1, 65536 / inputCount), tileColumns: inputCount)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    kernels.softmax(
      z: x.pointer(at: tile), ldz: x.ld, p: y.pointer(at: tile), ldp: y.ld, rows: tile.rows.count, classes: inputCount)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    (0..<pass.rows).flatMap { row in
      let z = Array(x[row * inputCount..<(row + 1) * inputCount])
      let normalizer = Reference.logSumExp(z)
      return z.map { exp($0 - normalizer) }
    }
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid { forwardTiles(pass) }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    for row in tile.rows {
      let p = y.pointer + row * y.ld
      let d = dy.pointer + row * dy.ld
      var sum: Float = 0
      for c in 0..<inputCount { sum += d[c] * p[c] }
      for c in 0..<inputCount { d[c] = p[c] * (d[c] - sum) }
    }
  }
}
