import Kernels
import Tensors

/// `dropout:P`: in training each value is zeroed with probability P and the others are multiplied by 1/(1 − P)
/// (inverted dropout; Srivastava et al. 2014).
///
/// `alphadropout:P`: in training each value becomes α′ = −1.7581, selu's limit to the left, with probability P; then
/// y = a·x + b with a = 1/√((1 − P)(1 + P·α′²)) and b = −a·α′·P, so that mean 0 and variance 1 stay what they are
/// (Klambauer et al. 2017; PyTorch's AlphaDropout).
final class Dropout: ElementwiseLayer {
  static let kinds = [
    kind("dropout", "zeroes values with probability P, the others times 1/(1 − P)") { p in
      Rule(scale: 1 / (1 - p), shift: 0, dropped: 0)
    },
    kind("alphadropout", "dropout for selu: values become −1.7581, then all are scaled to mean 0 and variance 1") { p in
      let limit = -1.0507009873554805 * 1.6732632423543772
      let scale = 1 / ((1 - p) * (1 + p * limit * limit)).squareRoot()
      let shift = -scale * limit * p
      return Rule(scale: scale, shift: shift, dropped: scale * limit + shift)
    },
  ]

  /// y = scale·x + shift where x is kept.
  private struct Rule {
    var scale: Double
    var shift: Double
    /// y where x is not kept.
    var dropped: Double
  }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let isRandom = true
  private let probability: Double
  private let rule: Rule
  /// One byte a value, [capacity, ld]: whether it was kept.
  private var mask: AlignedBuffer<UInt8>?
  private var index = 0

  private init(_ spec: Spec, input: [Int], _ rule: (_ p: Double) -> Rule) throws(Failure) {
    var reader = SpecReader(spec)
    probability = try reader.number("p", positional: true, in: .belowOne)
    try reader.finish()
    self.rule = rule(probability)
    self.spec = spec
    inputShape = input
  }

  private static func kind(
    _ name: String, _ summary: String, _ rule: @escaping @Sendable (_ p: Double) -> Rule
  ) -> LayerKind {
    LayerKind(name, arguments: "P", summary: summary) { spec, input throws(Failure) in
      try Dropout(spec, input: input, rule)
    }
  }

  var leavesSigns: Bool { rule.shift == 0 }

  func allocate(capacity: Int, index: Int) {
    self.index = index
    mask = AlignedBuffer<UInt8>(count: capacity * ld)
  }

  /// Bytes from one row of the mask to the next.
  private var ld: Int { panelCount(inputCount) * panelWidth }

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
    apply(mask, to: y, tile, shift: rule.shift, dropped: rule.dropped)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    guard pass.mode != .inference, let mask else { return x }
    return x.indices.map { i in
      mask[i / inputCount * ld + i % inputCount] == 0 ? rule.dropped : rule.scale * x[i] + rule.shift
    }
  }

  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile) {
    guard pass.mode == .training, let mask else { return }
    apply(mask, to: gradient, tile, shift: 0, dropped: 0)
  }

  private func apply(
    _ mask: AlignedBuffer<UInt8>, to matrix: Matrix, _ tile: Tile, shift: Double, dropped: Double
  ) {
    kernels.dropoutApply(
      mask: mask.pointer + tile.rows.lowerBound * ld + tile.columns.lowerBound, ldMask: ld,
      y: matrix.pointer(at: tile), ldy: matrix.ld, rows: tile.rows.count, columns: tile.columns.count,
      scale: Float(rule.scale), shift: Float(shift), dropped: Float(dropped))
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
