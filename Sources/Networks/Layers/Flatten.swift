import Tensors

/// `flatten`: a row of any shape becomes a row of numbers, in row-major order.
final class Flatten: ElementwiseLayer {
  static let kind = LayerKind("flatten", summary: "a row of any shape as a plain row") { spec, input throws(Failure) in
    try SpecReader(spec).finish()
    return Flatten(spec, input: input)
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
