import Kernels
import Tensors

/// `flatten`: a row of any shape becomes a row of numbers, in row-major order; an image's channels come first, as they
/// do in PyTorch, so that the weights of a layer after it mean the same.
final class Flatten: ElementwiseLayer {
  static let kind = LayerKind("flatten", summary: "a row of any shape as a plain row") { spec, input throws(Failure) in
    try SpecReader(spec).finish()
    let movesChannels = input.count == 3 && input[2] > 1 && input[0] * input[1] > 1
    return movesChannels ? FlattenImage(spec, input: input) : Flatten(spec, input: input)
  }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { [inputCount] }
  let leavesSigns = true

  init(_ spec: Spec, input: [Int]) {
    self.spec = spec
    inputShape = input
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) { x.copy(tile, to: y) }
  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] { x }
  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile) {}
}

/// `flatten` of images [height, width, channels]: rows [channels, height, width].
private final class FlattenImage: TransformLayer {
  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { [inputCount] }
  let inputGradientIsInPlace = false
  private let positions: Int
  private let channels: Int

  init(_ spec: Spec, input: [Int]) {
    self.spec = spec
    inputShape = input
    (positions, channels) = (input[0] * input[1], input[2])
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, operationsARow: 4 * inputCount)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    for row in tile.rows {
      kernels.transpose(
        from: x.pointer(atRow: row), ldFrom: channels, rows: positions, columns: channels, to: y.pointer(atRow: row),
        ldTo: positions)
    }
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    x.indices.map { i in
      let (row, c, position) = (i / inputCount, i % inputCount / positions, i % positions)
      return x[row * inputCount + position * channels + c]
    }
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid { forwardTiles(pass) }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    for row in tile.rows {
      kernels.transpose(
        from: dy.pointer(atRow: row), ldFrom: positions, rows: channels, columns: positions,
        to: dx.pointer(atRow: row), ldTo: channels)
    }
  }
}
