import Tensors

/// A search: a space, how its points are chosen, and the command that tries one.
///
/// It keeps nothing: the same space, method and seed make the same trials again, and the files that trials leave tell what is
/// done.
public struct Search: Sendable {
  /// The trials.
  let trials: [Trial]
  let space: Space
  let template: Template
  let files: TrialFiles
  let halving: Halving?

  /// A search that is told by the words of a command line.
  ///
  /// - Parameters:
  ///   - parameters: `NAME=VALUES`, in which order matters for conditions alone.
  ///   - command: the template.
  ///   - result: the pattern of the file that tells a finished trial; nil is that behind the command's last `-o`.
  ///   - log: the pattern of the logs; nil is that behind the command's last `--log`.
  public init(
    parameters: [String], command: String, method: Method, seed: Int, halving: Halving? = nil, result: String? = nil,
    log: String? = nil
  ) throws(Failure) {
    space = try Space(parameters)
    template = try Template(parsing: command)
    try template.check(space)
    files = try TrialFiles(command: command, result: result, log: log)
    self.halving = halving
    if halving != nil {
      guard template.names.contains("epochs") else {
        throw .usage("--halving: {epochs} is due in the command, for nn-train -e {epochs} --checkpoint FILE")
      }
      guard files.result?.names.contains("epochs") ?? false else {
        throw .usage("--halving: {epochs} is due in the name of the output, such as -o runs/{id}.{epochs}.st")
      }
      guard let log = files.log else {
        throw .usage("--halving needs the logs: --log FILE with {id} in the command, or --log PATTERN")
      }
      guard !log.names.contains("epochs") else { throw .usage("{epochs}: a trial has one log for all rungs") }
    } else if (template.names + (files.result?.names ?? []) + (files.log?.names ?? [])).contains("epochs") {
      throw .usage("{epochs}: stands for the epochs of a rung; --halving is due")
    }
    trials = try method.trials(of: space, seed: seed)
  }

  /// The number of trials.
  public var count: Int { trials.count }

  /// What is likely not meant, in sentences: numbers from 0 to 1 that are written as whole ones.
  public var remarks: [String] {
    space.parameters.filter { $0.domain == .integers(0...1, isLogarithmic: false) }.map { parameter in
      "'\(parameter.name)' is 0 or 1, a whole number; \(parameter.name)=0.0..1.0 has those between"
    }
  }

  /// Whether a word of the command line is `NAME=VALUES`.
  public static func isParameter(_ text: String) -> Bool { (try? Parameter(parsing: text)) != nil }

  /// What is left to run, and in words how far the search is.
  public struct Plan: Sendable {
    /// The command lines.
    public var commands: [String] = []
    /// A sentence for people.
    public var summary = ""
  }

  /// The command lines of trials that are not finished: of all, or of the first rung that has any.
  ///
  /// - Parameter all: those of finished ones, too.
  public func plan(all: Bool = false) throws(Failure) -> Plan {
    guard let halving else {
      let states = try states(of: trials, epochs: nil)
      return plan(trials, states, epochs: nil, all: all, "")
    }
    var racing = trials
    let rungs = halving.rungs
    for (rung, epochs) in rungs.enumerated() {
      let states = try states(of: racing, epochs: epochs)
      let isOver = !states.contains { $0 == .missing || $0 == .unfinished }
      if !isOver || rung == rungs.count - 1 {
        let place = "rung \(rung + 1) of \(rungs.count), to \(epochs) epoch\(epochs == 1 ? "" : "s"): "
        return plan(racing, states, epochs: epochs, all: all, place)
      }
      racing = try survivors(
        of: racing, epochs: epochs, keeping: halving.count(of: trials.count, at: rung + 1), halving)
    }
    return Plan()
  }

  private func survivors(
    of racing: [Trial], epochs: Int, keeping count: Int, _ halving: Halving
  ) throws(Failure) -> [Trial] {
    var values: [(trial: Trial, value: Double?)] = []
    for trial in racing {
      let log = try log(of: trial)
      let value = log.flatMap { $0.hasDiverged ? nil : $0.best(halving.metric, upTo: epochs)?.value }
      values.append((trial, value))
    }
    let survivors = halving.survivors(values, keeping: count)
    guard !survivors.isEmpty else {
      throw .input("--halving: no trial of \(racing.count) has a \(halving.metric.name) in its log")
    }
    return survivors
  }

  private func plan(_ trials: [Trial], _ states: [TrialState], epochs: Int?, all: Bool, _ place: String) -> Plan {
    var plan = Plan()
    let finished = states.count { $0 == .finished }
    let diverged = states.count { $0 == .diverged }
    for (trial, state) in zip(trials, states) where all || state == .missing || state == .unfinished {
      plan.commands.append(template.command(trial, epochs: epochs))
    }
    plan.summary =
      "\(place)\(trials.count) trial\(trials.count == 1 ? "" : "s"), \(finished) finished"
      + (diverged > 0 ? ", \(diverged) diverged" : "") + ", \(plan.commands.count) to run"
    return plan
  }

  /// How far trials are, to so many epochs.
  private func states(of trials: [Trial], epochs: Int?) throws(Failure) -> [TrialState] {
    var states: [TrialState] = []
    for trial in trials {
      if try isFinished(trial, epochs: epochs) {
        states.append(.finished)
      } else if let log = try log(of: trial) {
        states.append(log.hasDiverged ? .diverged : .unfinished)
      } else {
        states.append(.missing)
      }
    }
    return states
  }

  /// Whether a trial's result is there.
  func isFinished(_ trial: Trial, epochs: Int?) throws(Failure) -> Bool {
    guard let result = files.result else { return false }
    return try FrameInput.exists(result.path(trial, epochs: epochs))
  }

  /// A trial's log; nil where there is none.
  func log(of trial: Trial) throws(Failure) -> TrialLog? {
    guard let log = files.log else { return nil }
    return try TrialLog(path: log.path(trial, epochs: nil))
  }
}

/// How far a trial is.
enum TrialState: String, Sendable {
  /// Its result is there.
  case finished
  /// It left a log and no result: it runs, or was killed.
  case unfinished
  /// Halving took it no further.
  case stopped
  /// Its numbers were not finite any more.
  case diverged
  /// It left nothing.
  case missing
}
