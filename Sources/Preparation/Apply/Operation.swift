import Kernels
import Tensors

/// A step of applying or undoing a preparation, on rows of 32-bit floats.
enum Operation: Sendable {
  /// y = (x − offset) · factor, in double precision, rounded once.
  case forward(offset: [Double], factor: [Double])
  /// y = x · factor + offset, in double precision, rounded once.
  case backward(factor: [Double], offset: [Double])
  /// y = (x · Wᵀ) · factor.
  case product(PackedWeights, factor: [Double]?)

  /// Whether a row takes little more time than to read and write it.
  var isCheap: Bool { if case .product = self { false } else { true } }

  /// How many values a row has afterwards.
  func outputs(_ inputs: Int) -> Int {
    if case .product(let weights, _) = self { weights.outputs } else { inputs }
  }

  /// How many values a row takes up, those beyond its end included, when the operation writes to a workspace.
  func stride(_ inputs: Int) -> Int {
    if case .product(let weights, _) = self { weights.stride } else { inputs }
  }

  /// The operations of some stages, in order. The first one always is of the forward or backward kind.
  static func applying(_ stages: [Stage]) -> [Operation] {
    var operations: [Operation] = []
    for stage in stages {
      operations.append(
        .forward(
          offset: stage.mean?.doubles ?? Array(repeating: 0, count: stage.inputCount),
          factor: stage.std?.doubles.map { 1 / $0 } ?? Array(repeating: 1, count: stage.inputCount)))
      guard let components = stage.components else { continue }
      let factor = stage.deviations?.doubles.map { 1 / $0 }
      operations += projection(components, factor: factor, isZCA: stage.isZCA)
    }
    return operations
  }

  /// The operations that undo some stages, last stage first.
  static func undoing(_ stages: [Stage]) -> [Operation] {
    var operations: [Operation] = []
    for stage in stages.reversed() {
      if let components = stage.components {
        let deviations = stage.deviations?.doubles
        if stage.isZCA {
          operations.append(backward(stage.inputCount, factor: nil, offset: nil))
          operations += projection(components, factor: deviations, isZCA: true)
        } else {
          operations.append(backward(components.rows, factor: deviations, offset: nil))
          operations.append(back(components))
        }
      }
      operations.append(backward(stage.inputCount, factor: stage.std?.doubles, offset: stage.mean?.doubles))
    }
    return operations
  }

  private static func backward(_ columns: Int, factor: [Double]?, offset: [Double]?) -> Operation {
    // −0 added to a number leaves it as it is, −0 too.
    .backward(
      factor: factor ?? Array(repeating: 1, count: columns), offset: offset ?? Array(repeating: -0.0, count: columns))
  }

  private static func projection(_ components: Tensor, factor: [Double]?, isZCA: Bool) -> [Operation] {
    let there = Operation.product(PackedWeights(components), factor: factor)
    return isZCA ? [there, back(components)] : [there]
  }

  private static func back(_ components: Tensor) -> Operation {
    .product(PackedWeights(transposing: components), factor: nil)
  }
}

extension Operation {
  /// Applies a forward or backward operation to rows of `columns` values, which begin `ldx` values apart. Returns whether
  /// every result is finite.
  func apply(
    _ type: ColumnType, _ x: UnsafeRawPointer, ldx: Int, rows: Int, columns: Int, to y: UnsafeMutablePointer<Float>
  ) -> Bool {
    switch self {
    case .forward(let offset, let factor):
      kernels.shiftAndScale(
        type, x, ldx: ldx, rows: rows, columns: columns, offset: offset, factor: factor, to: y, ldy: columns)
    case .backward(let factor, let offset):
      kernels.scaleAndShift(
        type, x, ldx: ldx, rows: rows, columns: columns, factor: factor, offset: offset, to: y, ldy: columns)
    case .product: preconditionFailure("a product takes no values as they are stored")
    }
  }
}
