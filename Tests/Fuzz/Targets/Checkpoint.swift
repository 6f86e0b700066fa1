import Kernels
@testable import Networks
@testable import Tensors
@testable import Training

/// A small run to resume: batch normalisation, Adam, an average, the best epoch, a plateau, early stopping.
private struct Run {
  let trainer: Trainer
  /// What a checkpoint says of the options, so that no mutation has to keep it.
  let fingerprint: String?

  init() throws(Failure) {
    let network = try Network(Architecture(input: [2], parsing: ["dense:2,bias=no", "bn"]))
    try network.initialize(seed: 1)
    var options = TrainingOptions(
      optimizer: try OptimizerKind.named("nadam").make(Spec("nadam")), learningRate: 0.01,
      schedule: try Schedule(parsing: "plateau"), loss: try LossKind.make(parsing: "cross-entropy"))
    options.epochs = 3
    options.batchSize = 2
    options.keepsBest = true
    options.patience = 2
    options.average = try Average(parsing: "ema:0.9")
    options.reportsGradientNorms = true
    let data = Frame(
      .data,
      tensors: [
        "x": Tensor((0..<10).map(Float.init), shape: [5, 2]), "y": Tensor([Int64(0), 1, 0, 1, 1], shape: [5]),
      ])
    trainer = try Trainer(
      network, options: options, data: Dataset(frames: [data]), validation: Dataset(frames: [data]),
      team: ThreadTeam(threads: 1))
    fingerprint = try trainer.checkpoint(identity: []).metadata["nn.run"]
  }
}

private nonisolated(unsafe) let run: Run? = try? Run()

/// Checkpoints: what is accepted is resumed for three steps, and written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let run else { fatalError("no run") }
  let input = Input(bytes, count)
  answers { () throws(Failure) in
    guard var frame = input.frame(.model) else { return }
    frame.metadata["nn.run"] = run.fingerprint
    try run.trainer.resume(frame, identity: [])
    var steps = 0
    var hooks = Trainer.Hooks()
    hooks.shouldPause = {
      steps += 1
      return steps > 3
    }
    _ = try run.trainer.run(hooks)
    let written = try run.trainer.checkpoint(identity: [])
    require(
      answers { () throws(Failure) in try run.trainer.resume(written, identity: []) }, "refuses its own checkpoint")
  }
  return 0
}
