/// A layer that moves statistics by each batch it is trained on, and can take them over a whole pass instead.
public protocol RunningStatistics: Layer {
  /// Whether each batch since the last reset counts the same (PyTorch's `momentum=None`), instead of moving the
  /// statistics by the layer's momentum.
  var countsBatchesEqually: Bool { get set }
  /// Sets the statistics to those of no batch.
  func resetStatistics()
}
