import Kernels
import Tensors

/// The marks of residual blocks, `residual … [shortcut …] end` (see `Wiring`).
enum BlockMark {
  static let residual = LayerKind(
    "residual", summary: "begins a block: y = main(x) + shortcut(x), or main(x) + x without a shortcut"
  ) { spec, input throws(Failure) in try BlockPass(spec, input: input) }

  static let shortcut = LayerKind(
    "shortcut", summary: "the layers from here to the block's end take what comes before the block"
  ) { spec, input throws(Failure) in try BlockPass(spec, input: input) }

  static let end = LayerKind("end", summary: "ends a block: adds its branches") { spec, input throws(Failure) in
    try BlockEnd(spec, input: input)
  }

  static let kinds = [residual, shortcut, end]
}

/// `residual` and `shortcut`, at which nothing is computed.
final class BlockPass: Layer {
  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    try SpecReader(spec).finish()
    self.spec = spec
    inputShape = input
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] { x }
}

/// `end`: y = x + the other branch's output.
final class BlockEnd: ElementwiseLayer {
  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  /// The other branch's output, which the executor puts here before each pass.
  var other: Matrix?

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    try SpecReader(spec).finish()
    self.spec = spec
    inputShape = input
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    guard let other else { return }
    for row in tile.rows {
      let c = tile.columns.lowerBound
      kernels.sum(
        x.pointer(atRow: row) + c, other.pointer(atRow: row) + c, count: tile.columns.count,
        y: y.pointer(atRow: row) + c)
    }
  }

  /// x alone: who knows the other branch adds it (see `GradientCheck`).
  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] { x }

  /// Both branches have the gradient as it is.
  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile) {}
}

extension Matrix {
  /// Adds a tile of another matrix to the same place of this one.
  func add(_ other: Matrix, _ tile: Tile) {
    for row in tile.rows {
      let at = pointer(atRow: row) + tile.columns.lowerBound
      kernels.sum(at, other.pointer(atRow: row) + tile.columns.lowerBound, count: tile.columns.count, y: at)
    }
  }
}
