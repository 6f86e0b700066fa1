#if canImport(Glibc)
  import Glibc
#endif

extension Predictions {
  /// The loss of a row; nil when its truth is not known.
  ///
  /// For predicted classes it is −ln max(p[y], 1e-12), for labels the mean of their binary cross-entropies, and for values
  /// the mean over the columns of (output − y)². Their means are the metrics `nll`, `bce` and `mse`.
  public func loss(of row: Int) -> Double? {
    let own = numbers(of: row)
    switch truth {
    case .none: return nil
    case .labels(let labels): return -log(max(own[own.startIndex + labels[row]], ClassificationMetrics.smallest))
    case .shares(let truth): return MultiLabelMetrics.loss(own, truth[own.indices])
    case .targets(let targets):
      return zip(own, targets[own.indices]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(columns)
    }
  }
}
