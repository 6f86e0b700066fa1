import Kernels
import Tensors

/// `dropout:P`: in training each value is zeroed with probability P and the others are multiplied by 1/(1 − P)
/// (inverted dropout; Srivastava et al. 2014).
final class Dropout: ElementwiseLayer {
  static let kind = LayerKind(
    "dropout", arguments: "P", keys: "", summary: "zeroes values with probability P, the others times 1/(1 − P)"
  ) { spec, input throws(Failure) in try Dropout(spec, input: input) }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let isRandom = true
  private let probability: Double
  /// One byte a value, [capacity, ld]: whether it was kept.
  private var mask: AlignedBuffer<UInt8>?
  private var index = 0

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    probability = try reader.number("p", positional: true, in: .belowOne)
    try reader.finish()
    self.spec = spec
    inputShape = input
  }

  func allocate(capacity: Int, index: Int) {
    self.index = index
    mask = AlignedBuffer<UInt8>(count: capacity * ld)
  }

  /// Bytes from one row of the mask to the next.
  private var ld: Int { panelCount(inputCount) * panelWidth }

  private var scale: Float { Float(1 / (1 - probability)) }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    x.copy(tile, to: y)
    guard pass.mode != .inference, let mask else { return }
    // Rows are numbered from the first of all rows in prediction, so that batches do not matter.
    let purpose = pass.mode == .training ? RandomPurpose.dropout : RandomPurpose.monteCarlo
    let offset = pass.mode == .training ? 0 : pass.firstRow
    kernels.dropoutMask(
      key: pass.seed, stream: (pass.step, purpose + UInt32(index)), p: probability,
      rows: tile.rows.lowerBound + offset..<tile.rows.upperBound + offset, columns: tile.columns,
      mask: mask.pointer - offset * ld, ld: ld)
    apply(y, tile, mask)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    guard pass.mode != .inference, let mask else { return x }
    return x.indices.map { i in
      mask.pointer[i / inputCount * ld + i % inputCount] == 0 ? 0 : x[i] / (1 - probability)
    }
  }

  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile) {
    guard pass.mode == .training, let mask else { return }
    apply(gradient, tile, mask)
  }

  private func apply(_ matrix: Matrix, _ tile: Tile, _ mask: AlignedBuffer<UInt8>) {
    kernels.dropoutApply(
      mask: mask.pointer + tile.rows.lowerBound * ld + tile.columns.lowerBound, ldMask: ld,
      y: matrix.pointer(at: tile), ldy: matrix.ld, rows: tile.rows.count, columns: tile.columns.count, scale: scale)
  }
}

extension Matrix {
  /// Copies a tile to the same place of another matrix; nothing to do when it is the same one.
  func copy(_ tile: Tile, to other: Matrix) {
    guard self !== other else { return }
    for row in tile.rows {
      (other.pointer + row * other.ld + tile.columns.lowerBound)
        .update(from: pointer + row * ld + tile.columns.lowerBound, count: tile.columns.count)
    }
  }
}
