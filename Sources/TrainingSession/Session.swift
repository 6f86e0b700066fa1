import CommandLine
import Tensors
import Training

/// Runs of a training loop with everything around it: progress, the log, checkpoints, signals, the time limit.
public final class Session {
  /// One run, and what is the tool's own about it.
  public struct Run {
    /// What runs.
    public var trainer: Trainer
    /// What leads the lines that tell of it.
    public var label = ""
    /// Makes a checkpoint.
    public var checkpoint: () throws(Failure) -> Frame
    /// What leads its lines in the log.
    public var subject: [(key: String, value: JSON)] = []
    /// Figures of an epoch that has just ended, for its line in the log.
    public var notes: () -> [(key: String, value: Double)] = { [] }

    /// A run of a trainer.
    public init(_ trainer: Trainer, checkpoint: @escaping () throws(Failure) -> Frame) {
      (self.trainer, self.checkpoint) = (trainer, checkpoint)
    }
  }

  private let options: SessionOptions
  private let progress: Progress
  private let start = Clock.seconds
  private var lastCheckpoint = Clock.seconds
  private var lastUpdate = 0.0
  /// Of the run in hand.
  private var line = ProgressLine()
  private var log: TrainingLog?
  /// Whether the time that was given is over.
  public private(set) var isOutOfTime = false

  /// A session at its beginning.
  public init(_ options: SessionOptions, quiet: Bool) {
    self.options = options
    progress = Progress(quiet: quiet)
  }

  /// The checkpoint of an earlier session; nil when there is none.
  public func checkpoint() throws(Failure) -> Frame? {
    guard let path = options.checkpoint, try FrameInput.exists(path) else { return nil }
    return try FrameInput(operands: [path]).next(.model)
  }

  /// Says where a run goes on, takes over the signals and opens the log; due once, when a checkpoint has been taken up.
  public func begin(_ run: Run) throws(Failure) {
    if run.trainer.hasBegun, let path = options.checkpoint {
      progress.milestone("resumed from \(path) after \(run.label)epoch \(run.trainer.epoch)")
    }
    log = try options.log.map { path throws(Failure) in try TrainingLog(path: path, keepingEpochs: run.trainer.epoch) }
    Interruption.handle()
  }

  /// Trains to the end of a run, or until the time is over; a signal ends the process.
  public func train(_ run: Run) throws(Failure) {
    line = ProgressLine()
    var hooks = Trainer.Hooks()
    hooks.shouldPause = { Interruption.isRequested || self.isOutOfTime }
    hooks.step = { self.show(run.label, $0) }
    hooks.epoch = { report throws(Failure) in try self.finish(run, report) }
    hooks.mayCheckpoint = { step, endsEpoch throws(Failure) in try self.mayCheckpoint(run, step, endsEpoch) }
    do throws(Failure) { if try !run.trainer.run(hooks) { try pause(run) } } catch {
      // The log tells why it ends: a search need not try the same again.
      if run.trainer.hasDiverged {
        try? log?.writeDivergence(epoch: run.trainer.epoch + 1, of: run.subject)
        try? log?.finish()
      }
      throw error
    }
    if options.checkpoint != nil { try write(run) }
  }

  /// Closes the log.
  public func end() throws(Failure) { try log?.finish() }

  private func show(_ label: String, _ report: StepReport) {
    let now = Clock.seconds
    if let limit = options.maximumTime, now - start > limit { isOutOfTime = true }
    guard progress.isLive else { return }
    line.take(report, at: now)
    guard now - lastUpdate > 0.1 else { return }
    lastUpdate = now
    progress.update(line.text(report, label: label, at: now, columns: progress.columns))
  }

  private func finish(_ run: Run, _ report: EpochReport) throws(Failure) {
    let notes = run.notes()
    try log?.write(report, of: run.subject, notes)
    line.take(report)
    var line = "\(run.label)epoch \(report.epoch)  loss \(Figures.short(report.train.loss))"
    if let accuracy = report.train.accuracy { line += "  accuracy \(Figures.short(accuracy))" }
    if let valid = report.valid {
      line += "  valid_loss \(Figures.short(valid.loss))"
      if let accuracy = valid.accuracy { line += "  valid_accuracy \(Figures.short(accuracy))" }
      if report.isBest { line += " *" }
    }
    for (name, value) in notes { line += "  \(name) \(Figures.short(value))" }
    progress.milestone(line + "  \(Figures.duration(report.seconds))")
  }

  private func mayCheckpoint(_ run: Run, _ step: Int, _ endsEpoch: Bool) throws(Failure) {
    guard options.checkpoint != nil else { return }
    switch options.every ?? .epochs(1) {
    case .epochs(let count): guard endsEpoch, run.trainer.epoch % count == 0 else { return }
    case .steps(let count): guard step % count == 0 else { return }
    case .seconds(let seconds): guard Clock.seconds - lastCheckpoint >= seconds else { return }
    }
    try write(run)
  }

  private func write(_ run: Run) throws(Failure) {
    let output = try FrameOutput(path: options.checkpoint)
    try output.write(try run.checkpoint())
    try output.finish()
    lastCheckpoint = Clock.seconds
  }

  /// Stops for a signal or the time limit where nothing is lost.
  private func pause(_ run: Run) throws(Failure) {
    if options.checkpoint != nil { try write(run) }
    let place = "\(run.label)epoch \(run.trainer.epoch + 1)"
    guard Interruption.isRequested else {
      progress.milestone("--max-time: stopped in \(place)")
      return
    }
    try log?.finish()
    if let path = options.checkpoint {
      Message.write("interrupted in \(place); the same command resumes from \(path)")
    } else {
      Message.write("interrupted in \(place); nothing is kept (--checkpoint FILE would)")
    }
    Interruption.die()
  }
}
