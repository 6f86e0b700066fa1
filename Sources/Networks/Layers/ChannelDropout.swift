import Kernels
import Tensors

/// `dropout2d:P`: dropout of whole channels of images: in training each is zeroed with probability P and the others are
/// multiplied by 1/(1 − P) (Tompson et al. 2015; PyTorch's Dropout2d).
///
/// The masks are those of `dropout` on rows that have a value for each channel.
final class ChannelDropout: ElementwiseLayer {
  static let kind = LayerKind(
    "dropout2d", arguments: "P", summary: "zeroes channels of images with probability P, the others times 1/(1 − P)"
  ) { spec, input throws(Failure) in try ChannelDropout(spec, input: input) }

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let isRandom = true
  let leavesSigns = true
  private let probability: Double
  private let channels: Int
  /// One byte a channel, [capacity, ld]: whether it was kept.
  private var mask = AlignedBuffer<UInt8>(count: 0)
  /// What each channel is multiplied by, [capacity, ld].
  private var factors = AlignedBuffer<Float>(count: 0)
  private var index = 0

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    probability = try reader.number("p", positional: true, in: .belowOne)
    try reader.finish()
    channels = try Shape.image(input, for: spec).channels
    self.spec = spec
    inputShape = input
  }

  func allocate(capacity: Int, index: Int) {
    self.index = index
    mask = AlignedBuffer<UInt8>(count: capacity * ld)
    factors = AlignedBuffer<Float>(count: capacity * ld)
  }

  /// From one row of the mask to the next.
  private var ld: Int { panelCount(channels) * panelWidth }

  /// Draws the masks of all rows, a value for each channel: little beside the values of the images.
  func begin(_ pass: Pass) {
    guard pass.mode != .inference else { return }
    // Rows are numbered from the first of all rows in prediction, so that batches do not matter.
    let purpose = pass.mode == .training ? RandomPurpose.dropout : RandomPurpose.monteCarlo
    let offset = pass.mode == .training ? 0 : pass.firstRow
    kernels.dropoutMask(
      key: pass.seed, stream: (pass.step, purpose + UInt32(index)), p: probability, rows: offset..<offset + pass.rows,
      columns: 0..<channels, mask: mask.pointer - offset * ld, ld: ld)
    let kept = Float(1 / (1 - probability))
    for i in 0..<pass.rows * ld { factors[i] = mask[i] == 0 ? 0 : kept }
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    guard pass.mode != .inference else { return x.copy(tile, to: y) }
    apply(x, tile, to: y)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    guard pass.mode != .inference else { return x }
    return x.indices.map { i in
      mask[i / inputCount * ld + i % channels] == 0 ? 0 : x[i] / (1 - probability)
    }
  }

  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile) {
    if pass.mode == .training { apply(gradient, tile, to: gradient) }
  }

  private func apply(_ x: Matrix, _ tile: Tile, to y: Matrix) {
    let first = tile.columns.lowerBound
    for row in tile.rows {
      kernels.channelScale(
        x: x.pointer(atRow: row) + first, first: first, count: tile.columns.count, channels: channels,
        factor: factors.pointer + row * ld, y: y.pointer(atRow: row) + first)
    }
  }
}
