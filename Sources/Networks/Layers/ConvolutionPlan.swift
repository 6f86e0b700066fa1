import Kernels

/// How the kernels walk over the images of a convolution: forward, and back to the gradient of the input.
struct ConvolutionPlan: Sendable {
  /// The input with its frame of zeros.
  let image: PaddedImage
  /// Every output, for one group.
  let forward: ConvolutionGrid
  /// The gradient of the output with a frame of zeros.
  let slopes: PaddedImage
  /// The inputs in as many parts as there are places of an input between the steps of a stride, for one group.
  let backward: [Part]

  /// Inputs that are reached from the same places of the kernel.
  struct Part: Sendable {
    /// Which inputs, each a sum over outputs and taps.
    var grid: ConvolutionGrid
    /// The first of them, in floats.
    var first: Int
    /// Where its sum begins in the framed gradient, in floats.
    var start: Int
    /// The kernel's rows, from the last to the first.
    var kernelRows: [Int]
    /// The kernel's columns, from the last to the first.
    var kernelColumns: [Int]
  }

  init(_ shape: ConvolutionShape) {
    let (channels, outputs) = (shape.channels, shape.outputs)
    let (_, groupOutputs, groupChannels) = shape.kernelGroups
    func reach(_ outputs: Int, _ kernel: Int) -> Int {
      (outputs - 1) * shape.stride + shape.dilation * (kernel - 1) + 1
    }
    image = PaddedImage(
      height: shape.height, rowCount: shape.width * channels, top: shape.top, left: shape.left * channels,
      paddedHeight: reach(shape.outputHeight, shape.kernelHeight),
      paddedRowCount: reach(shape.outputWidth, shape.kernelWidth) * channels)
    let imageRow = image.rowStep
    forward =
      ConvolutionGrid(
        rows: shape.outputHeight, columns: shape.outputWidth, outputRowStep: shape.outputWidth * outputs,
        outputStep: outputs, inputRowStep: shape.stride * imageRow, inputStep: shape.stride * channels,
        tapRows: shape.kernelHeight, tapColumns: shape.kernelWidth, tapRowStep: shape.dilation * imageRow,
        tapColumnStep: shape.dilation * channels, run: groupChannels
      ).joined

    let rows = Line.lines(shape.height, shape.kernelHeight, stride: shape.stride, shape.dilation, frame: shape.top)
    let columns = Line.lines(shape.width, shape.kernelWidth, stride: shape.stride, shape.dilation, frame: shape.left)
    let (above, before) = (Line.frame(rows), Line.frame(columns))
    slopes = PaddedImage(
      height: shape.outputHeight, rowCount: shape.outputWidth * outputs, top: above, left: before * outputs,
      paddedHeight: above + Line.end(rows), paddedRowCount: (before + Line.end(columns)) * outputs)
    let slopesRow = slopes.rowStep
    backward = rows.flatMap { row in
      columns.map { column in
        Part(
          grid: ConvolutionGrid(
            rows: row.count, columns: column.count, outputRowStep: shape.stride * shape.width * channels,
            outputStep: shape.stride * channels, inputRowStep: slopesRow, inputStep: outputs,
            tapRows: row.taps.count, tapColumns: column.taps.count, tapRowStep: row.tapStep * slopesRow,
            tapColumnStep: column.tapStep * outputs, run: shape.isDepthwise ? 1 : groupOutputs
          ).joined,
          first: (row.first * shape.width + column.first) * channels,
          start: (above + row.start) * slopesRow + (before + column.start) * outputs,
          kernelRows: row.taps, kernelColumns: column.taps)
      }
    }
  }
}

extension ConvolutionGrid {
  /// The same with one long run in place of several that touch.
  fileprivate var joined: ConvolutionGrid {
    guard tapColumnStep == run else { return self }
    var grid = self
    (grid.run, grid.tapColumns, grid.tapColumnStep) = (run * tapColumns, 1, 0)
    return grid
  }
}

/// The inputs along one side of an image whose distance from the frame's edge has one remainder of the stride, and what
/// their gradients are sums of: dx[i] = Σ dy[o]·w[k] over all o·stride + k·dilation = i + frame.
private struct Line {
  /// The first of the inputs, which lie `stride` apart.
  var first: Int
  /// How many there are.
  var count: Int
  /// The places k of the kernel, from the last to the first.
  var taps: [Int]
  /// The output o that the first input meets at the first of the taps; may lie in the frame.
  var start: Int
  /// From one tap's output to the next one's.
  var tapStep: Int

  static func lines(_ size: Int, _ kernel: Int, stride: Int, _ dilation: Int, frame: Int) -> [Line] {
    (0..<min(stride, size)).map { first in
      let taps = (0..<kernel).reversed().filter { (first + frame - $0 * dilation) % stride == 0 }
      let outputs = taps.map { (first + frame - $0 * dilation) / stride }
      return Line(
        first: first, count: (size - first + stride - 1) / stride, taps: taps, start: outputs.first ?? 0,
        tapStep: outputs.count > 1 ? outputs[1] - outputs[0] : 0)
    }
  }

  /// How far the sums reach before the first output.
  static func frame(_ lines: [Line]) -> Int { max(0, -(lines.map(\.start).min() ?? 0)) }

  /// The end of the outputs that the sums reach.
  static func end(_ lines: [Line]) -> Int {
    lines.reduce(1) { max($0, $1.start + $1.count - 1 + max(0, $1.taps.count - 1) * $1.tapStep + 1) }
  }
}
