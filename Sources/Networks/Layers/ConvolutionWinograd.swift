import Kernels

/// One way through a convolution of 3×3 kernels by Winograd's filtering (see `WinogradLevel`): from images to images, that
/// is forward, or from the gradient of the output to that of the input.
struct WinogradPlan: Sendable {
  /// The size of the images that are read, and how far inside of the first square they begin.
  private let source: (height: Int, width: Int, padding: Int)
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  let tileRows: Int
  let tileColumns: Int
  /// Images whose squares go into one product of matrices, so that it has rows enough.
  let imagesAtOnce: Int

  /// Images [height, width, outputs] of images of so many inputs, which begin `padding` rows and columns inside of a frame.
  private init(
    from source: (height: Int, width: Int, inputs: Int), padding: Int,
    to target: (height: Int, width: Int, outputs: Int)
  ) {
    (inputs, outputs) = (source.inputs, target.outputs)
    (height, width) = (target.height, target.width)
    (tileRows, tileColumns) = ((height + 3) / 4, (width + 3) / 4)
    imagesAtOnce = max(1, 32 / (tileRows * tileColumns))
    self.source = (source.height, source.width, padding)
  }

  /// The ways forward and back; nil where the sum over the taps is faster: where kernels are not 3×3 or reach further than
  /// their neighbours, channels do not fill vectors, or squares of 4×4 would cover twice the outputs and more.
  static func ways(_ shape: ConvolutionShape) -> (forward: WinogradPlan, backward: WinogradPlan)? {
    let isPlain =
      shape.kernelHeight == 3 && shape.kernelWidth == 3 && shape.stride == 1 && shape.dilation == 1 && shape.groups == 1
      && shape.top == shape.left && shape.top <= 2
    guard isPlain, shape.channels % panelWidth == 0, shape.outputs % panelWidth == 0 else { return nil }
    let (input, output) = ((shape.height, shape.width), (shape.outputHeight, shape.outputWidth))
    let ways = (
      forward: WinogradPlan(
        from: (input.0, input.1, shape.channels), padding: shape.top, to: (output.0, output.1, shape.outputs)),
      backward: WinogradPlan(
        from: (output.0, output.1, shape.outputs), padding: 2 - shape.top, to: (input.0, input.1, shape.channels))
    )
    return ways.forward.isWorthwhile && ways.backward.isWorthwhile ? ways : nil
  }

  private var tiles: Int { tileRows * tileColumns }
  private var isWorthwhile: Bool { 16 * tiles < 2 * height * width }

  /// The numbers of one ξ, and 16 that keep those of all ξ from competing for the same sets of the cache.
  private func step(_ channels: Int) -> Int { imagesAtOnce * tiles * channels + panelWidth }
  private var weightStep: Int { panelCount(outputs) * inputs * panelWidth + panelWidth }
  /// Floats of the kernels' numbers.
  var weightCount: Int { 36 * weightStep }

  /// Turns kernels, panels of 9 × inputs × 16, into their numbers.
  func turn(_ weights: AlignedBuffer<Float>, to numbers: AlignedBuffer<Float>) {
    kernels.winogradWeights(
      w: weights.pointer, panels: panelCount(outputs), channels: inputs, u: numbers.pointer, step: weightStep)
  }

  /// The product of so many rows with the kernels' numbers, for one ξ.
  private func product(rows: Int) -> ConvolutionGrid {
    ConvolutionGrid(
      rows: 1, columns: rows, outputRowStep: 0, outputStep: outputs, inputRowStep: 0, inputStep: inputs, tapRows: 1,
      tapColumns: 1, tapRowStep: 0, tapColumnStep: 0, run: inputs)
  }

  /// The numbers of some rows' images, in v.
  private func turn(_ x: Matrix, _ rows: Range<Int>, to v: UnsafeMutablePointer<Float>) {
    for row in rows {
      kernels.winogradInput(
        x: x.pointer(atRow: row), height: source.height, width: source.width, padding: source.padding,
        channels: inputs, tileRows: tileRows, tileColumns: tileColumns,
        v: v + (row - rows.lowerBound) * tiles * inputs, step: step(inputs))
    }
  }

  /// Makes rows of y.
  func run(_ x: Matrix, _ rows: Range<Int>, numbers: AlignedBuffer<Float>, bias: AlignedBuffer<Float>?, to y: Matrix) {
    let (vStep, mStep) = (step(inputs), step(outputs))
    let v = ThreadScratch.floats(36 * (vStep + mStep))
    let m = v + 36 * vStep
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: imagesAtOnce) {
      let part = first..<min(rows.upperBound, first + imagesAtOnce)
      turn(x, part, to: v)
      let grid = product(rows: part.count * tiles)
      for xi in 0..<36 {
        kernels.convolve(
          grid, x: v + xi * vStep, w: numbers.pointer + xi * weightStep, bias: nil, outputs: outputs, y: m + xi * mStep)
      }
      for row in part {
        kernels.winogradOutput(
          m: m + (row - first) * tiles * outputs, step: mStep, outputs: outputs, tileRows: tileRows,
          tileColumns: tileColumns, bias: bias?.pointer, y: y.pointer(atRow: row), height: height, width: width)
      }
    }
  }

  /// Adds the gradients of the kernels over some rows to dw, panels of 9 × inputs × 16.
  func addWeightGradient(_ x: Matrix, _ dy: Matrix, _ rows: Range<Int>, to dw: UnsafeMutablePointer<Float>) {
    let (vStep, mStep) = (step(inputs), step(outputs))
    let v = ThreadScratch.floats(36 * (vStep + mStep) + weightCount)
    let (m, du) = (v + 36 * vStep, v + 36 * (vStep + mStep))
    du.update(repeating: 0, count: weightCount)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: imagesAtOnce) {
      let part = first..<min(rows.upperBound, first + imagesAtOnce)
      turn(x, part, to: v)
      for row in part {
        kernels.winogradOutputGradient(
          dy: dy.pointer(atRow: row), height: height, width: width, outputs: outputs, tileRows: tileRows,
          tileColumns: tileColumns, m: m + (row - first) * tiles * outputs, step: mStep)
      }
      let grid = product(rows: part.count * tiles)
      for xi in 0..<36 {
        kernels.convolveWeightGradient(
          grid, x: v + xi * vStep, dy: m + xi * mStep, outputs: outputs, dw: du + xi * weightStep)
      }
    }
    kernels.winogradWeightGradient(du: du, step: weightStep, panels: panelCount(outputs), channels: inputs, dw: dw)
  }
}
