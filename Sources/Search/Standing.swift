import Tensors

/// How a trial, or a log by itself, came out.
struct Standing: Sendable {
  /// The log's path, or the trial's id.
  var name: String
  /// Absent for a log by itself.
  var trial: Trial?
  /// Absent for a log by itself that did not diverge.
  var state: TrialState?
  var log: TrialLog?
  /// The best value of what is ranked by, and its epoch.
  var best: (value: Double, epoch: Int?)?

  /// Trials that came to an end come first, then those that did not, those without a value, those that diverged, and those
  /// never run.
  private var place: Int {
    switch state {
    case .diverged: 3
    case .missing: 4
    case _ where best == nil: 2
    case .unfinished: 1
    default: 0
    }
  }

  /// The order of a ranking; equal ones keep theirs.
  static func ranked(_ standings: [Standing], by metric: SearchMetric) -> [Standing] {
    standings.enumerated().sorted { a, b in
      let (left, right) = (a.element, b.element)
      if left.place != right.place { return left.place < right.place }
      if let one = left.best?.value, let other = right.best?.value, one != other {
        return metric.isBetter(one, than: other)
      }
      return a.offset < b.offset
    }.map(\.element)
  }
}

extension Search {
  /// How all trials came out so far, in the order of their numbers.
  ///
  /// - Throws: a usage failure where the logs are not known; an input failure where one is no log.
  func standings(_ metric: SearchMetric?) throws(Failure) -> [Standing] {
    guard files.log != nil else {
      throw .usage("the logs are not known: --log FILE with {id} is due in the command, or --log PATTERN")
    }
    var standings: [Standing] = []
    for trial in trials {
      let log = try log(of: trial)
      let state = try state(of: trial, log)
      standings.append(
        Standing(name: trial.id, trial: trial, state: state, log: log, best: metric.flatMap { log?.best($0) }))
    }
    return standings
  }

  /// How far a trial came, in the rungs that it was taken to.
  private func state(of trial: Trial, _ log: TrialLog?) throws(Failure) -> TrialState? {
    guard files.result != nil else { return log.map { $0.hasDiverged ? .diverged : nil } ?? .missing }
    var epochsReached: Int?
    for epochs in halving?.rungs.map(Optional.some) ?? [nil] {
      guard try isFinished(trial, epochs: epochs) else { break }
      if epochs == halving?.rungs.last { return .finished }
      epochsReached = epochs
    }
    guard let log else { return .missing }
    if log.hasDiverged { return .diverged }
    return log.epochs == epochsReached ? .stopped : .unfinished
  }
}
