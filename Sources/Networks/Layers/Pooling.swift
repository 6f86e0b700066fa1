import Kernels
import Tensors

/// `maxpool:WINDOW`, `avgpool:WINDOW` and `globalavgpool`: the largest value or the mean of each window of an image,
/// channel by channel (PyTorch's MaxPool2d, AvgPool2d and AdaptiveAvgPool2d(1), the last one flattened).
///
/// Padding never is the largest, and counts as zeros in a mean (count_include_pad).
final class Pooling: TransformLayer {
  static let kinds = [
    kind("maxpool", "the largest value of each window, such as 2 or 2x3, of each channel", isMaximum: true),
    kind("avgpool", "the mean of each window of each channel", isMaximum: false),
    LayerKind("globalavgpool", summary: "the mean of each channel, as a plain row") { spec, input throws(Failure) in
      try SpecReader(spec).finish()
      let (height, width, channels) = try Shape.image(input, for: spec)
      let grid = PoolingGrid(
        height: height, width: width, channels: channels, windowHeight: height, windowWidth: width, stride: 1,
        padding: 0, outputHeight: 1, outputWidth: 1)
      return Pooling(spec, grid, input: input, output: [channels], isMaximum: false)
    },
  ]

  var spec: Spec
  let inputShape: [Int]
  let outputShape: [Int]
  let inputGradientIsInPlace = false
  private let grid: PoolingGrid
  private let isMaximum: Bool

  private init(_ spec: Spec, _ grid: PoolingGrid, input: [Int], output: [Int], isMaximum: Bool) {
    self.spec = spec
    self.grid = grid
    self.isMaximum = isMaximum
    inputShape = input
    outputShape = output
  }

  private static func kind(_ name: String, _ summary: String, isMaximum: Bool) -> LayerKind {
    LayerKind(name, arguments: "WINDOW", keys: "stride=WINDOW pad=0", summary: summary) { spec, input throws(Failure) in
      var reader = SpecReader(spec)
      let (height, width, channels) = try Shape.image(input, for: spec)
      let window = try reader.window("window", of: "\(name):2")
      let smallest = min(window.height, window.width)
      let step = try reader.integer("stride", in: 1...1024, default: smallest)
      guard spec["stride"] != nil || window.height == window.width else {
        throw reader.failure("a window that is no square wants a stride")
      }
      // More would leave windows with nothing in them.
      let padding = try reader.integer("pad", in: 0...smallest / 2, default: 0)
      try reader.finish()
      let (rows, columns) = (height + 2 * padding - window.height, width + 2 * padding - window.width)
      guard rows >= 0, columns >= 0 else {
        throw reader.failure(
          "a window of \(window.height)x\(window.width) does not fit an image of \(Shape.text(input))")
      }
      let grid = PoolingGrid(
        height: height, width: width, channels: channels, windowHeight: window.height, windowWidth: window.width,
        stride: step, padding: padding, outputHeight: rows / step + 1, outputWidth: columns / step + 1)
      return Pooling(
        spec, grid, input: input, output: [grid.outputHeight, grid.outputWidth, channels], isMaximum: isMaximum)
    }
  }

  /// The gradient goes to where the largest values stand.
  var backwardNeeds: BackwardNeed { isMaximum ? .output : .nothing }
  private var scale: Float { 1 / Float(grid.windowHeight * grid.windowWidth) }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: outputCount, operationsARow: 4 * inputCount)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    for row in tile.rows {
      let (image, out) = (x.pointer(atRow: row), y.pointer(atRow: row))
      if isMaximum {
        kernels.maximumPool(grid, x: image, y: out)
      } else {
        kernels.sumPool(grid, scale: scale, x: image, y: out)
      }
    }
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, operationsARow: 4 * inputCount)
  }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    for row in tile.rows {
      let (slopes, out) = (dy.pointer(atRow: row), dx.pointer(atRow: row))
      if isMaximum {
        kernels.maximumPoolGradient(grid, x: x.pointer(atRow: row), y: y.pointer(atRow: row), dy: slopes, dx: out)
      } else {
        kernels.sumPoolGradient(grid, scale: scale, dy: slopes, dx: out)
      }
    }
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    var y: [Double] = []
    for row in 0..<pass.rows {
      for r in 0..<grid.outputHeight {
        for c in 0..<grid.outputWidth {
          for channel in 0..<grid.channels {
            var window: [Double] = []
            for i in 0..<grid.windowHeight {
              for j in 0..<grid.windowWidth {
                let (k, l) = (r * grid.stride + i - grid.padding, c * grid.stride + j - grid.padding)
                guard k >= 0, k < grid.height, l >= 0, l < grid.width else { continue }
                window.append(x[row * inputCount + (k * grid.width + l) * grid.channels + channel])
              }
            }
            y.append(
              isMaximum
                ? window.max() ?? 0 : window.reduce(0, +) / Double(grid.windowHeight * grid.windowWidth))
          }
        }
      }
    }
    return y
  }
}
