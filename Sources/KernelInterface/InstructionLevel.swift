/// The inner loops of one instruction level (SSE2, AVX2+FMA, AVX-512, or portable).
///
/// Every matrix is row-major float32, `[rows, ld]`, where `ld >= columns` is the padded width
/// (`paddedWidth`): the lanes between a row's last column and the next multiple of 16 belong to the
/// matrix and may be read and written. Padding lanes of gradients are zero before and after every
/// call; padding lanes of activations may hold anything. Pointers name the whole matrix; ranges choose
/// the tile a call works on, so that the caller can split a problem over threads.
public protocol InstructionLevel: DenseLevel, ActivationLevel, LossLevel, OptimizerLevel,
  FlatArrayLevel, BatchNormLevel, LayerNormLevel, SlopeLevel, SoftmaxLevel, DropoutLevel, GatherLevel, ChecksumLevel,
  ColumnLevel, ByteProductLevel, ConvolutionLevel, WinogradLevel, PoolingLevel, ChannelLevel, ImageLevel,
  SendableMetatype
{
  /// The level's name: "v2", "v3", "v4" (the x86-64 psABI levels) or "portable".
  static var name: String { get }
}

/// Lanes of a panel: weights are packed, and rows padded, in groups of 16 floats (64 bytes).
public let panelWidth = 16

/// How many panels of 16 outputs hold `columns` outputs: ceil(columns / 16).
@inlinable
public func panelCount(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }

/// The row length in floats that a matrix of `columns` columns is stored with: `columns` rounded up to
/// 16, and 16 more where rows would otherwise lie a multiple of 512 bytes apart (more than 512) and
/// compete for the same sets of the cache.
@inlinable
public func paddedWidth(_ columns: Int) -> Int {
  let width = panelCount(columns) * panelWidth
  return width > 128 && width % 128 == 0 ? width + panelWidth : width
}
