import Glibc
import GoldenValues
import Kernels
import Networks
import Tensors
import Testing
import Training

/// Every optimizer in every variant, clips, penalties and constraints against PyTorch and Keras, from the files of
/// Tests/Fixtures/optimizers.py: 100 steps over all rows.
@Suite struct OptimizerGoldenTests {
  static let names = Golden.names("optimizer-") + Golden.names("update-")
  private static let lastStep = 100

  private func options(_ metadata: [String: String]) throws -> TrainingOptions {
    let spec = try Spec(parsing: #require(metadata["optimizer"]))
    var options = TrainingOptions(
      optimizer: try OptimizerKind.named(spec.name).make(spec),
      learningRate: try #require(metadata["lr"].flatMap(Double.init)), schedule: .constant,
      loss: try LossKind.make(parsing: "mse"))
    options.epochs = OptimizerGoldenTests.lastStep
    options.batchSize = nil
    options.shuffles = false
    options.weightDecay = try #require(metadata["weight_decay"].flatMap(Double.init))
    options.decaysAll = metadata["decay_all"] == "yes"
    for option in (metadata["options"] ?? "").split(separator: " ") {
      let parts = option.split(separator: "=")
      let value = parts.last.flatMap { Double($0) }
      switch parts[0] {
      case "clip-value": options.clipValue = value
      case "clip-norm": options.clipNorm = value
      case "clip-tensor-norm": options.clipTensorNorm = value
      case "proximal": options.isProximal = true
      default: Issue.record("unknown option \(option)")
      }
    }
    return options
  }

  private func trainer(_ frame: Frame, _ options: TrainingOptions, threads: Int = 1) throws -> Trainer {
    let x = try frame.tensor("x")
    let network = try Golden.network(frame, input: x.shape[1])
    let data = try Dataset(frames: [Frame(.data, tensors: ["x": x, "y": frame.tensor("y")])])
    return try Trainer(
      network, options: options, data: data, validation: nil, team: ThreadTeam(threads: threads))
  }

  @Test func everyOptimizerHasAGoldenFile() throws {
    var covered: Set<String> = []
    for name in Golden.names("optimizer-") {
      covered.insert(try options(Golden.read(name).metadata).optimizer.spec.name)
    }
    #expect(covered == Set(OptimizerKind.names))
  }

  @Test("is where PyTorch and Keras are after 1, 10 and 100 steps, to 2e-5", arguments: names)
  func agrees(name: String) throws {
    let frame = try Golden.read(name)
    let trainer = try trainer(frame, options(frame.metadata))
    var seen: [Int] = []
    var hooks = Trainer.Hooks()
    hooks.epoch = { report in
      let expected = frame.tensors(under: "step\(report.step).")
      guard !expected.isEmpty else { return }
      seen.append(report.step)
      let found = trainer.network.tensors
      for (parameter, tensor) in expected {
        let ours = found[parameter]?.floats ?? []
        let difference = Golden.relativeDifference(ours, tensor.floats, floor: 0)
        #expect(difference < 2e-5, "\(parameter) after \(report.step) steps")
      }
    }
    #expect(try trainer.run(hooks))
    #expect(seen == [1, 10, 100])
  }

  @Test("a run that is stopped at any step and resumed ends with the same bytes", arguments: names)
  func resumes(name: String) throws {
    let frame = try Golden.read(name)
    var options = try options(frame.metadata)
    options.epochs = 2
    options.batchSize = 3
    options.shuffles = true
    options.reportsGradientNorms = true
    func run(_ trainer: Trainer, stop: Int = .max) throws -> (isFinished: Bool, norms: [Double]) {
      var steps = 0
      var norms: [Double] = []
      var hooks = Trainer.Hooks()
      hooks.shouldPause = {
        steps += 1
        return steps > stop
      }
      hooks.epoch = { report in norms += report.gradientNorms?.map(\.norm) ?? [] }
      return (try trainer.run(hooks), norms)
    }
    let whole = try trainer(frame, options)
    let expectedNorms = try run(whole).norms
    let expected = try whole.result()
    #expect(expectedNorms.count == 8 && expectedNorms.allSatisfy { $0 > 0 })
    for stop in 0..<8 {
      let first = try trainer(frame, options)
      let before = try run(first, stop: stop)
      #expect(!before.isFinished)
      let second = try trainer(frame, options)
      try second.resume(try first.checkpoint(identity: []), identity: [])
      let after = try run(second)
      #expect(before.norms + after.norms == expectedNorms)
      let found = try second.result()
      #expect(areSame(found.tensors, expected.tensors), "after \(stop) steps")
    }
  }

  @Test(
    "a layer that is trained later begins with its own first step, as in PyTorch", arguments: Golden.names("unfreeze-"))
  func unfreezing(name: String) throws {
    let file = try Golden.read(name)
    var options = try options(file.metadata)
    options.epochs = 10
    var frozen = file
    frozen.metadata["layers"] = file.metadata["layers"]?.replacing("dense:7", with: "dense:7,lr=0")
    let first = try trainer(frozen, options)
    #expect(try first.run(Trainer.Hooks()))
    let halfway = try first.result()
    var thawed = file
    thawed.tensors.merge(halfway.tensors) { $1 }
    let second = try trainer(thawed, options)
    try second.continueTraining(from: halfway)
    #expect(try second.run(Trainer.Hooks()))
    let found = second.network.tensors
    for (parameter, tensor) in file.tensors(under: "step20.") {
      let difference = Golden.relativeDifference(found[parameter]?.floats ?? [], tensor.floats, floor: 0)
      #expect(difference < 2e-5, "\(parameter)")
    }
  }

  @Test("threads do not show", arguments: ["update-clip-norm", "update-keras-maxnorm", "update-proximal-adam"])
  func threads(name: String) throws {
    var results: [[String: Tensor]] = []
    for threads in [1, 3] {
      var frame = try Golden.read(name)
      // Enough weights for several chunks.
      frame.tensors["x"] = Tensor((0..<24000).map { Float($0 * 7919 % 1000) / 500 - 1 }, shape: [12, 2000])
      let layers = try #require(frame.metadata["layers"]).split(separator: " ").map(String.init)
      let network = try Network(Architecture(input: [2000], parsing: layers))
      try network.initialize(seed: 1)
      var options = try options(frame.metadata)
      options.epochs = 5
      let data = try Dataset(frames: [Frame(.data, tensors: ["x": frame.tensor("x"), "y": frame.tensor("y")])])
      let trainer = try Trainer(
        network, options: options, data: data, validation: nil, team: ThreadTeam(threads: threads))
      #expect(try trainer.run(Trainer.Hooks()))
      results.append(try trainer.result().tensors)
    }
    #expect(areSame(results[0], results[1]))
  }

  @Test func aProximalStepMakesExactZeros() throws {
    func zeros(proximal: Bool) throws -> Int {
      let frame = try Golden.read("update-proximal-sgd")
      var options = try options(frame.metadata)
      options.isProximal = proximal
      let trainer = try trainer(frame, options)
      #expect(try trainer.run(Trainer.Hooks()))
      return try #require(trainer.network.tensors["0.weight"]).floats.count { $0 == 0 }
    }
    #expect(try zeros(proximal: true) > 0)
    #expect(try zeros(proximal: false) == 0)
  }

  @Test func normsOfGradientsAreThoseOfPlainDescent() throws {
    // One step of w ← w − lr·g over all rows: the norm of g is that of the change over lr.
    let frame = try Golden.read("optimizer-sgd")
    var options = try options(frame.metadata)
    options.epochs = 1
    options.reportsGradientNorms = true
    let trainer = try trainer(frame, options)
    var norms: [(name: String, norm: Double)] = []
    var hooks = Trainer.Hooks()
    hooks.epoch = { norms = $0.gradientNorms ?? [] }
    #expect(try trainer.run(hooks))
    #expect(norms.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    for (name, norm) in norms {
      let (before, after) = (try frame.tensor(name).floats, try frame.tensor("step1.\(name)").floats)
      let change = zip(before, after).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
      #expect(abs(norm - change / options.learningRate) < 1e-4 * norm, "\(name)")
    }
  }
}

private func areSame(_ a: [String: Tensor], _ b: [String: Tensor]) -> Bool {
  a.count == b.count && a.allSatisfy { name, tensor in b[name].map { $0 == tensor } ?? false }
}
