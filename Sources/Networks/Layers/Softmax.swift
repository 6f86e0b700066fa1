#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Tensors

/// `softmax`: p[c] = e^x[c] / Σ e^x over a row, with dx = p·(dy − Σ dy·p); and `logsoftmax`, its logarithm, with
/// dx = dy − p·Σ dy.
final class Softmax: TransformLayer {
  static let kinds = [
    kind("softmax", "e^x / Σ e^x over each row", isLogarithm: false),
    kind("logsoftmax", "x − log Σ e^x over each row: the logarithm of softmax", isLogarithm: true),
  ]

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let inputGradientIsInPlace = true
  let backwardNeeds = BackwardNeed.output
  let isLogarithm: Bool

  init(_ spec: Spec, input: [Int], isLogarithm: Bool) {
    self.spec = spec
    inputShape = input
    self.isLogarithm = isLogarithm
  }

  private static func kind(_ name: String, _ summary: String, isLogarithm: Bool) -> LayerKind {
    LayerKind(name, initializer: "glorot_uniform", summary: summary) { spec, input throws(Failure) in
      try SpecReader(spec).finish()
      try Shape.requireFlat(input, for: spec)
      return Softmax(spec, input: input, isLogarithm: isLogarithm)
    }
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, wholeRows: 65536 / inputCount)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    let (z, out) = (x.pointer(at: tile), y.pointer(at: tile))
    if isLogarithm {
      kernels.logSoftmax(z: z, ldz: x.ld, y: out, ldy: y.ld, rows: tile.rows.count, classes: inputCount)
    } else {
      kernels.softmax(z: z, ldz: x.ld, p: out, ldp: y.ld, rows: tile.rows.count, classes: inputCount)
    }
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    (0..<pass.rows).flatMap { row in
      let z = Array(x[row * inputCount..<(row + 1) * inputCount])
      let normalizer = Reference.logSumExp(z)
      return z.map { isLogarithm ? $0 - normalizer : exp($0 - normalizer) }
    }
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid { forwardTiles(pass) }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    let (out, slopes) = (y.pointer(at: tile), dy.pointer(at: tile))
    if isLogarithm {
      kernels.logSoftmaxBackward(
        y: out, ldy: y.ld, dy: slopes, lddy: dy.ld, rows: tile.rows.count, classes: inputCount)
    } else {
      kernels.softmaxBackward(p: out, ldp: y.ld, dy: slopes, lddy: dy.ld, rows: tile.rows.count, classes: inputCount)
    }
  }
}
