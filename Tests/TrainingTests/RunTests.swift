import GoldenValues
import Kernels
import Networks
import Tensors
import Testing
import Training

/// 200 steps of a 64-300-100-10 network with batch normalisation, from the weights and on the batches of
/// Tests/Fixtures/runs.py: the loss is PyTorch's.
@Suite struct RunTests {
  @Test(
    "the loss of every epoch is PyTorch's to 1e-4",
    arguments: ["sgd", "momentum:0.9", "nesterov:0.9", "adam", "rmsprop"], [1, 2])
  func followsPyTorch(optimizer: String, threads: Int) throws {
    let frame = try Golden.read("runs")
    let spec = try Spec(parsing: optimizer)
    let layers = try #require(frame.metadata["layers"]).split(separator: " ").map(String.init)
    let network = try Network(Architecture(input: [64], parsing: layers))
    var weights = network.tensors
    for name in ["0", "3", "6"] {
      let scale = try frame.tensor("\(name).scale").floats[0]
      let whole = try frame.tensor("\(name).whole")
      weights["\(name).weight"] = Tensor(whole.floats.map { $0 * scale }, shape: whole.shape)
    }
    #expect(network.load(weights).isEmpty)

    var options = TrainingOptions(
      optimizer: try OptimizerKind.named(spec.name).make(spec),
      learningRate: try frame.tensor("lr.\(spec.name)").doubles[0], schedule: .constant,
      loss: try LossKind.make(parsing: "cross-entropy"))
    (options.epochs, options.batchSize, options.shuffles) = (10, 32, false)
    let pixels = Tensor(try frame.tensor("pixels").floats.map { $0 / 16 }, shape: [640, 64])
    let data = try Dataset(frames: [Frame(.data, tensors: ["x": pixels, "y": try frame.tensor("y")])])
    let trainer = try Trainer(
      network, options: options, data: data, validation: data, team: ThreadTeam(threads: threads))
    var hooks = Trainer.Hooks()
    var losses: [Double] = []
    var final = 0.0
    hooks.epoch = { report in
      losses.append(report.train.loss)
      final = report.valid?.loss ?? 0
    }
    #expect(try trainer.run(hooks))
    let expected = try frame.tensor("loss.\(spec.name)").doubles
    #expect(losses.count == 10)
    for (epoch, pair) in zip(losses, expected).enumerated() {
      #expect(abs(pair.0 / pair.1 - 1) < 1e-4, "epoch \(epoch + 1)")
    }
    #expect(abs(final / (try frame.tensor("final.\(spec.name)").doubles[0]) - 1) < 1e-4)
  }
}
