/// The best epoch of a run, and when to stop waiting for a better one (Keras's EarlyStopping).
extension TrainingState {
  /// Takes note of the value that the epoch just ended came to.
  ///
  /// - Parameter minimumImprovement: by how much it has to be better than the best before it to count as better.
  /// - Returns: whether it is the best so far.
  mutating func judge(_ value: Double, prefersHigher: Bool, minimumImprovement: Double) -> Bool {
    let judged = prefersHigher ? -value : value
    guard judged < best - minimumImprovement else { return false }
    (best, bestEpoch) = (judged, epoch)
    return true
  }

  /// Whether so many epochs have passed without a better one.
  func hasStalled(patience: Int) -> Bool { epoch - max(bestEpoch, firstEpoch) >= patience }
}
