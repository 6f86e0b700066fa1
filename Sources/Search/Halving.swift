import Tensors

/// Successive halving (Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016): all trials run for a few epochs, the best
/// of them for more, and so on.
///
/// Rung r is of min(e₀ · kʳ, e) epochs, up to the first of e; of n trials ⌊n / kʳ⌋, at least one, come to it: the best of the
/// rung before by their best value up to its epochs.
public struct Halving: Sendable {
  /// What trials are judged by.
  public var metric: SearchMetric
  /// Epochs of the first rung and of the last.
  public var epochs: ClosedRange<Int>
  /// How many times more epochs a rung has than the one before, and fewer trials.
  public var factor: Int

  /// Halving by a figure of the logs.
  public init(metric: SearchMetric, epochs: ClosedRange<Int>, factor: Int) {
    self.metric = metric
    self.epochs = epochs
    self.factor = factor
  }

  /// Epochs of each rung, counted from the beginning of training.
  var rungs: [Int] {
    var rungs = [epochs.lowerBound]
    while let last = rungs.last, last < epochs.upperBound {
      let (next, overflows) = last.multipliedReportingOverflow(by: factor)
      rungs.append(overflows ? epochs.upperBound : min(next, epochs.upperBound))
    }
    return rungs
  }

  /// How many of so many trials come to a rung, from 0.
  func count(of trials: Int, at rung: Int) -> Int { (0..<rung).reduce(trials) { count, _ in max(count / factor, 1) } }

  /// The best trials of a rung, in the order of their numbers. Those without a value are never among them; of equal ones the
  /// earlier are taken.
  func survivors(_ values: [(trial: Trial, value: Double?)], keeping count: Int) -> [Trial] {
    let judged = values.compactMap { entry in entry.value.map { (trial: entry.trial, value: $0) } }
    let ranked = judged.sorted { a, b in
      a.value == b.value ? a.trial.number < b.trial.number : metric.isBetter(a.value, than: b.value)
    }
    return ranked.prefix(count).map(\.trial).sorted { $0.number < $1.number }
  }
}
