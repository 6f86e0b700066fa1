import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

@testable import Training

/// Averaged parameters, and runs that are interrupted, on the network of the files `average-*` of
/// Tests/Fixtures/schedules.py.
@Suite struct AveragingTests {
  /// What a run is made of.
  struct Run {
    var frame: Frame
    var options: TrainingOptions

    /// The run of a golden file.
    init(_ name: String) throws {
      frame = try Golden.read(name)
      options = TrainingOptions(
        optimizer: try OptimizerKind.named("momentum").make(Spec(parsing: "momentum:0.9")),
        learningRate: try Golden.number("lr", frame), schedule: .constant,
        loss: try LossKind.make(parsing: "cross-entropy"))
      options.average = try Average(parsing: try #require(frame.metadata["average"]))
      options.epochs = Int(try Golden.number("epochs", frame))
      options.batchSize = Int(try Golden.number("batch", frame))
      options.shuffles = false
    }

    /// A trainer at the beginning of the run.
    func trainer(threads: Int = 1) throws -> Trainer {
      let network = try Golden.network(frame, input: 5)
      let answers = try frame.tensor("y")
      let data = try Dataset(frames: [Frame(.data, tensors: ["x": frame.tensor("x"), "y": answers])])
      let validation = try Dataset(frames: [Frame(.data, tensors: ["x": frame.tensor("other"), "y": answers])])
      return try Trainer(
        network, options: options, data: data, validation: validation, team: ThreadTeam(threads: threads))
    }
  }

  @Test("the average and its validation are PyTorch's, to 1e-5", arguments: ["average-ema", "average-swa"], [1, 2])
  func agrees(_ name: String, threads: Int) throws {
    let run = try Run(name)
    let trainer = try run.trainer(threads: threads)
    var losses: [Double] = []
    var hooks = Trainer.Hooks()
    hooks.epoch = { report in losses.append(report.valid?.loss ?? .nan) }
    #expect(try trainer.run(hooks))
    let result = try trainer.result()
    // An exponential average has no count of batches of its own: PyTorch rounds a mean of counts.
    for (name, expected) in run.frame.tensors(under: "after.") where !name.hasSuffix("num_batches_tracked") {
      let difference = Golden.difference(try result.tensor(name).floats, expected.floats)
      #expect(difference < 1e-5, "\(name): \(difference)")
    }
    let expected = try run.frame.tensor("valid_loss").doubles
    #expect(losses.count == expected.count)
    for (a, b) in zip(losses, expected) { #expect(abs(a - b) < 1e-5 * b, "\(losses), not \(expected)") }
    if name == "average-swa" {
      #expect(try result.tensor("1.num_batches_tracked") == run.frame.tensor("after.1.num_batches_tracked"))
    }
    // The network goes on from where its own parameters were.
    #expect(result.tensors["optimizer.0.weight.momentum_buffer"] == nil)
    #expect(trainer.network.tensors["1.num_batches_tracked"]?.integers == [20])
  }

  @Test func theBestEpochIsJudgedByTheAverage() throws {
    var run = try Run("average-swa")
    run.options.keepsBest = true
    run.options.monitor = .validAccuracy
    let trainer = try run.trainer()
    var best = (epoch: 0, accuracy: -1.0)
    var hooks = Trainer.Hooks()
    hooks.epoch = { report in
      let accuracy = report.valid?.accuracy ?? -1
      #expect(report.isBest == (accuracy > best.accuracy))
      if accuracy > best.accuracy { best = (report.epoch, accuracy) }
    }
    #expect(try trainer.run(hooks))
    run.options.keepsBest = false
    run.options.epochs = best.epoch
    let short = try run.trainer()
    #expect(try short.run(Trainer.Hooks()))
    let (found, expected) = (try trainer.result(), try short.result())
    for (name, tensor) in found.tensors { #expect(try expected.tensor(name) == tensor, "\(name)") }
  }

  static let changes: [(name: String, change: @Sendable (inout TrainingOptions) throws -> Void)] = [
    ("ema", { $0.average = try Average(parsing: "ema:0.8") }),
    ("swa", { $0.average = try Average(parsing: "swa:2") }),
    (
      "swa and best",
      {
        $0.average = try Average(parsing: "swa:2")
        $0.keepsBest = true
      }
    ),
    ("1cycle", { $0.schedule = try Schedule(parsing: "1cycle") }),
    ("plateau", { $0.schedule = try Schedule(parsing: "plateau:0:0.5,threshold=0.1,cooldown=1,monitor=accuracy") }),
    ("restarts", { $0.schedule = try Schedule(parsing: "cosine,restart=3,mult=2,by=step,warmup=4") }),
  ]

  @Test("a run that is stopped at any step and resumed ends with the same bytes", arguments: changes.map(\.name))
  func resumes(_ name: String) throws {
    var run = try Run("average-ema")
    run.options.average = nil
    run.options.shuffles = true
    run.options.seed = 3
    for change in AveragingTests.changes where change.name == name { try change.change(&run.options) }
    let whole = try run.trainer()
    var rates: [Double] = []
    var hooks = Trainer.Hooks()
    hooks.epoch = { report in rates.append(report.learningRate) }
    #expect(try whole.run(hooks))
    if name == "plateau" { #expect(Set(rates).count > 1, "the rate never falls: \(rates)") }
    let expected = try whole.result()
    for stop in 0..<20 {
      let first = try run.trainer()
      var steps = 0
      var pausing = Trainer.Hooks()
      pausing.shouldPause = {
        steps += 1
        return steps > stop
      }
      #expect(try first.run(pausing) == false)
      let second = try run.trainer()
      try second.resume(try first.checkpoint(identity: []), identity: [])
      #expect(try second.run(Trainer.Hooks()))
      let found = try second.result()
      #expect(found.tensors.count == expected.tensors.count)
      for (name, tensor) in expected.tensors {
        #expect(try found.tensor(name) == tensor, "\(name) after \(stop) steps")
      }
    }
  }
}
