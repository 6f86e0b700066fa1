/// How a convolution walks over one image whose channels are last: a grid of outputs, each a sum of products of runs of
/// the input with packed weights. All steps and offsets count floats.
///
/// The output at (row, column) is written to y + row·outputRowStep + column·outputStep and reads, for each of tapRows ×
/// tapColumns taps, `run` floats from x + row·inputRowStep + column·inputStep + tapRow·tapRowStep + tapColumn·tapColumnStep.
/// The weights of a panel of 16 outputs are [tapRows, tapColumns, run, 16], one after the other.
public struct ConvolutionGrid: Equatable, Sendable {
  /// Rows of outputs.
  public var rows: Int
  /// Outputs in a row.
  public var columns: Int
  /// From one row of outputs to the next.
  public var outputRowStep: Int
  /// From one output to the next.
  public var outputStep: Int
  /// The same in the input.
  public var inputRowStep: Int
  /// The same in the input.
  public var inputStep: Int
  /// Rows of taps.
  public var tapRows: Int
  /// Taps in a row.
  public var tapColumns: Int
  /// From one row of taps to the next, in the input.
  public var tapRowStep: Int
  /// From one tap to the next, in the input.
  public var tapColumnStep: Int
  /// Floats that each tap takes.
  public var run: Int

  /// A grid of outputs and taps.
  public init(
    rows: Int, columns: Int, outputRowStep: Int, outputStep: Int, inputRowStep: Int, inputStep: Int, tapRows: Int,
    tapColumns: Int, tapRowStep: Int, tapColumnStep: Int, run: Int
  ) {
    (self.rows, self.columns, self.outputRowStep, self.outputStep) = (rows, columns, outputRowStep, outputStep)
    (self.inputRowStep, self.inputStep, self.tapRows, self.tapColumns) = (inputRowStep, inputStep, tapRows, tapColumns)
    (self.tapRowStep, self.tapColumnStep, self.run) = (tapRowStep, tapColumnStep, run)
  }

  /// Terms of the sum of each output.
  public var terms: Int { tapRows * tapColumns * run }
}

/// Convolutions over one image, channels last, without gathering their inputs anywhere: the blocks of registers of
/// `DenseLevel`, whose rows are neighbouring outputs.
///
/// Loads of a last panel that is not full may reach 15 floats beyond an output or an input; what is stored does not.
public protocol ConvolutionLevel {
  /// y[o, p·16+j] = bias[p·16+j] + Σ x·w over the taps of each output o, for the first `outputs` lanes of the panels of w.
  ///
  /// Each output is summed up in the order of the taps, in one accumulator.
  static func convolve(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, w: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    outputs: Int, y: UnsafeMutablePointer<Float>)

  /// dw[p, tap, k, j] = Σ x·dy[o, p·16+j] over all outputs o, or `adds` that; lanes from `outputs` on become zero.
  static func convolveWeightGradient(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, outputs: Int, adds: Bool,
    dw: UnsafeMutablePointer<Float>)

  /// As `convolve`, channel by channel (depthwise): y[o, c] = bias[c] + Σ x[tap, c]·w[c/16, tap, c%16]; `run` is not used.
  static func convolveChannels(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, w: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    channels: Int,
    y: UnsafeMutablePointer<Float>)

  /// dw[c/16, tap, c%16] += Σ x[tap, c]·dy[o, c] over all outputs o; lanes from `channels` on become zero.
  static func convolveChannelsWeightGradient(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, channels: Int,
    dw: UnsafeMutablePointer<Float>)
}
