import CommandLine
import Tensors
import Training
import TrainingInput

/// A run with everything around the loop: progress, the log, checkpoints, signals, the time limit.
final class Session {
  private let options: Train.Options
  private let material: Material
  private let trainer: Trainer
  private let progress: Progress
  private let start = Clock.seconds
  private var lastCheckpoint = Clock.seconds
  private var lastUpdate = 0.0
  private var log: TrainingLog?
  private var isOutOfTime = false
  /// Sums over all rows, which do not change while the run goes on.
  private lazy var identity = material.identity

  init(_ options: Train.Options, _ material: Material, _ trainer: Trainer) {
    self.options = options
    self.material = material
    self.trainer = trainer
    progress = Progress(quiet: options.common.isQuiet)
  }

  func run() throws {
    if !options.isFresh { try trainer.continueTraining(from: material.model) }
    if let path = options.checkpoint, let frame = try Session.existing(path) {
      try trainer.resume(frame, identity: identity)
      if trainer.hasBegun { progress.milestone("resumed from \(path) after epoch \(trainer.epoch)") }
    }
    log = try options.log.map { path throws(Failure) in try TrainingLog(path: path, keepingEpochs: trainer.epoch) }
    Interruption.handle()
    var hooks = Trainer.Hooks()
    hooks.shouldPause = { Interruption.isRequested || self.isOutOfTime }
    hooks.step = { epoch, share, loss in self.show(epoch, share, loss) }
    hooks.epoch = { report throws(Failure) in try self.finish(report) }
    hooks.mayCheckpoint = { step, endsEpoch throws(Failure) in try self.checkpoint(step, endsEpoch) }
    do { if try !trainer.run(hooks) { try pause() } } catch {
      // The log tells why it ends: a search need not try the same again.
      if trainer.hasDiverged {
        try? log?.writeDivergence(epoch: trainer.epoch + 1)
        try? log?.finish()
      }
      throw error
    }
    if options.checkpoint != nil { try writeCheckpoint() }
    try log?.finish()
  }

  /// A checkpoint's frame when the file is there.
  private static func existing(_ path: String) throws(Failure) -> Frame? {
    guard try FrameInput.exists(path) else { return nil }
    return try FrameInput(operands: [path]).next(.model)
  }

  private func show(_ epoch: Int, _ share: Double, _ loss: Double) {
    let now = Clock.seconds
    if let limit = options.maximumTime, now - start > limit { isOutOfTime = true }
    guard progress.isLive, now - lastUpdate > 0.1 else { return }
    lastUpdate = now
    let done = String(repeating: "=", count: Int(share * 20))
    let left = String(repeating: " ", count: 20 - done.count)
    progress.update("epoch \(epoch) [\(done)\(left)] \(Int(share * 100))%  loss \(Figures.short(loss))")
  }

  private func finish(_ report: EpochReport) throws(Failure) {
    try log?.write(report)
    var line = "epoch \(report.epoch)  loss \(Figures.short(report.train.loss))"
    if let accuracy = report.train.accuracy { line += "  accuracy \(Figures.short(accuracy))" }
    if let valid = report.valid {
      line += "  valid_loss \(Figures.short(valid.loss))"
      if let accuracy = valid.accuracy { line += "  valid_accuracy \(Figures.short(accuracy))" }
      if report.isBest { line += " *" }
    }
    progress.milestone(line + "  \(Figures.short(report.seconds)) s")
  }

  private func checkpoint(_ step: Int, _ endsEpoch: Bool) throws(Failure) {
    guard options.checkpoint != nil else { return }
    switch options.every ?? .epochs(1) {
    case .epochs(let count): guard endsEpoch, trainer.epoch % count == 0 else { return }
    case .steps(let count): guard step % count == 0 else { return }
    case .seconds(let seconds): guard Clock.seconds - lastCheckpoint >= seconds else { return }
    }
    try writeCheckpoint()
  }

  private func writeCheckpoint() throws(Failure) {
    let output = try FrameOutput(path: options.checkpoint)
    try output.write(material.complete(try trainer.checkpoint(identity: identity)))
    try output.finish()
    lastCheckpoint = Clock.seconds
  }

  /// Stops for a signal or the time limit where nothing is lost.
  private func pause() throws(Failure) {
    if options.checkpoint != nil { try writeCheckpoint() }
    guard Interruption.isRequested else { return }
    try log?.finish()
    if let path = options.checkpoint {
      Message.write("interrupted in epoch \(trainer.epoch + 1); the same command resumes from \(path)")
    } else {
      Message.write("interrupted in epoch \(trainer.epoch + 1); nothing is kept (--checkpoint FILE would)")
    }
    Interruption.die()
  }
}
