import Glibc
import GoldenValues
import Kernels
import Networks
import Tensors
import Testing
import Training

/// Whole runs of the loop against PyTorch's, from the files of Tests/Fixtures/generate.py.
@Suite struct TrainerTests {
  static let names = [
    "sgd", "sgd-decay", "momentum", "momentum-dampening", "nesterov", "adam", "adam-betas", "adamw", "clip-norm",
    "clip-value", "step", "exponential", "cosine",
  ]

  private func options(_ metadata: [String: String]) throws -> TrainingOptions {
    func number(_ key: String) -> Double { metadata[key].flatMap(Double.init) ?? 0 }
    let spec = try Spec(parsing: metadata["optimizer"] ?? "sgd")
    var options = TrainingOptions(
      optimizer: try OptimizerKind.named(spec.name).make(spec), learningRate: number("lr"),
      schedule: try Schedule(parsing: metadata["schedule"] ?? "constant"),
      loss: try LossKind.make(parsing: "cross-entropy"))
    options.epochs = Int(number("epochs"))
    options.batchSize = Int(number("batch"))
    options.weightDecay = number("weight_decay")
    options.clipNorm = number("clip_norm") > 0 ? number("clip_norm") : nil
    options.clipValue = number("clip_value") > 0 ? number("clip_value") : nil
    options.shuffles = false
    return options
  }

  private func data(_ frame: Frame) throws -> Dataset {
    try Dataset(frames: [Frame(.data, tensors: ["x": frame.tensor("x"), "y": frame.tensor("y")])])
  }

  private func network(_ frame: Frame) throws -> Network { try Golden.network(frame, input: 5) }

  @Test("ends where PyTorch ends, to 1e-5", arguments: names, [1, 2])
  func agreesWithPyTorch(name: String, threads: Int) throws {
    let frame = try Golden.read("steps-\(name)")
    let network = try network(frame)
    let trainer = try Trainer(
      network, options: options(frame.metadata), data: data(frame), validation: nil, team: ThreadTeam(threads: threads))
    #expect(try trainer.run(Trainer.Hooks()))
    for (name, expected) in frame.tensors(under: "after.") {
      let found = try #require(network.tensors[name]).floats
      #expect(Golden.difference(found, expected.floats) < 1e-5, "\(name)")
    }
  }

  @Test("a run that is stopped at any step and resumed ends with the same bytes", arguments: ["nesterov", "adam"])
  func resumes(name: String) throws {
    let frame = try Golden.read("steps-\(name)")
    var options = try options(frame.metadata)
    options.shuffles = true
    options.seed = 4
    options.keepsBest = true
    options.patience = 2
    func trainer(_ network: Network) throws -> Trainer {
      try Trainer(network, options: options, data: data(frame), validation: nil, team: ThreadTeam(threads: 1))
    }
    let whole = try trainer(network(frame))
    #expect(try whole.run(Trainer.Hooks()))
    let expected = try whole.result()
    for stop in 0..<12 {
      let first = try trainer(network(frame))
      var steps = 0
      var hooks = Trainer.Hooks()
      hooks.shouldPause = {
        steps += 1
        return steps > stop
      }
      #expect(try first.run(hooks) == false)
      let second = try trainer(network(frame))
      try second.resume(try first.checkpoint(identity: []), identity: [])
      #expect(try second.run(Trainer.Hooks()))
      let found = try second.result()
      #expect(found.tensors.count == expected.tensors.count)
      for (name, tensor) in expected.tensors {
        #expect(try found.tensor(name) == tensor, "\(name) after \(stop) steps")
      }
    }
  }

  @Test func aCheckpointRefusesOtherOptionsAndNamesThem() throws {
    let frame = try Golden.read("steps-adam")
    var options = try options(frame.metadata)
    let data = try data(frame)
    let first = try Trainer(network(frame), options: options, data: data, validation: nil, team: ThreadTeam(threads: 1))
    let checkpoint = try first.checkpoint(identity: [("data", "1")])
    func refusal(_ identity: [(key: String, value: String)]) throws -> String {
      let other = try Trainer(
        network(frame), options: options, data: data, validation: nil, team: ThreadTeam(threads: 1))
      do {
        try other.resume(checkpoint, identity: identity)
        return ""
      } catch { return error.message }
    }
    #expect(try refusal([("data", "1")]).isEmpty)
    #expect(try refusal([("data", "2")]).contains("whose data differs"))
    options.learningRate = 0.5
    #expect(try refusal([("data", "1")]).contains("--lr 0.02, now 0.5"))
  }

  @Test func answersOfAnotherTypeOrShapeDoNotContinue() throws {
    let x = Tensor([Float(1), 2], shape: [2, 1])
    for y in [Tensor([Float(0), 1], shape: [2]), Tensor([Int64](repeating: 0, count: 200), shape: [2, 100])] {
      let frames = [
        Frame(.data, tensors: ["x": x, "y": Tensor([Int64(0), 1], shape: [2])], isLast: false),
        Frame(.data, tensors: ["x": x, "y": y], index: 1),
      ]
      #expect(throws: Failure.self) { try Dataset(frames: frames) }
    }
  }

  @Test func aWeightCountsARowAgain() throws {
    func trained(_ rows: [Int], weights: [Float]?) throws -> [Float] {
      let frame = try Golden.read("steps-sgd")
      let network = try network(frame)
      var options = try options(frame.metadata)
      options.batchSize = nil
      var tensors = [
        "x": try frame.tensor("x").gathering(rows: rows), "y": try frame.tensor("y").gathering(rows: rows),
      ]
      tensors["weight"] = weights.map { Tensor($0, shape: [rows.count]) }
      let data = try Dataset(frames: [Frame(.data, tensors: tensors)])
      let trainer = try Trainer(
        network, options: options, data: data, validation: nil, team: ThreadTeam(threads: 1))
      #expect(try trainer.run(Trainer.Hooks()))
      return try #require(network.tensors["0.weight"]).floats
    }
    let twice = try trained([0, 0, 1, 2], weights: nil)
    let weighted = try trained([0, 1, 2, 3], weights: [2, 1, 1, 0])
    #expect(zip(twice, weighted).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try trained([0, 1, 2, 3], weights: nil) != weighted)
  }

  @Test func penaltiesAddTheirGradient() throws {
    // One weight w, no data to speak of: loss = (w·0 − 0)² + l1·|w| + l2·w².
    func trained(_ layer: String) throws -> Float {
      let network = try Network(Architecture(input: [1], parsing: [layer]))
      #expect(network.load(["0.weight": Tensor([Float(2)], shape: [1, 1])]).isEmpty)
      var options = try options(["lr": "0.1", "epochs": "1", "batch": "1"])
      options.loss = try LossKind.make(parsing: "mse")
      let zeros = Frame(
        .data, tensors: ["x": Tensor([Float(0)], shape: [1, 1]), "y": Tensor([Float(0)], shape: [1, 1])])
      let trainer = try Trainer(
        network, options: options, data: Dataset(frames: [zeros]), validation: nil, team: ThreadTeam(threads: 1))
      #expect(try trainer.run(Trainer.Hooks()))
      return try #require(network.tensors["0.weight"]).floats[0]
    }
    #expect(try trained("dense:1,bias=no") == 2)
    #expect(abs(try trained("dense:1,bias=no,l2=0.5") - (2 - 0.1 * 2 * 0.5 * 2)) < 1e-6)
    #expect(abs(try trained("dense:1,bias=no,l1=0.5") - (2 - 0.1 * 0.5)) < 1e-6)
    #expect(abs(try trained("dense:1,bias=no,maxnorm=1.5") - 1.5) < 1e-5)
    #expect(try trained("dense:1,bias=no,lr=0,l2=0.5") == 2)
  }
}

@Suite struct PredictorTests {
  @Test func dropoutDoesNotDependOnBatches() throws {
    let network = try Network(Architecture(input: [3], parsing: ["dense:20", "relu", "dropout:0.5", "dense:4"]))
    try network.initialize(seed: 2)
    var model = network.frame()
    model.metadata["nn.loss"] = "cross-entropy"
    let x = Tensor((0..<300).map { Float($0 % 17) / 9 }, shape: [100, 3])
    let data = Frame(.data, tensors: ["x": x])
    var results: [Frame] = []
    for (capacity, threads) in [(256, 1), (7, 2), (1, 3)] {
      let predictor = try Predictor(model, team: ThreadTeam(threads: threads), capacity: capacity)
      results.append(try predictor.predict(data, passes: 20, seed: 5, firstRow: 0))
    }
    // The second half alone, numbered on from the first.
    let half = Frame(.data, tensors: ["x": x[rows: 50..<100]])
    let late = try Predictor(model, team: ThreadTeam(threads: 1)).predict(half, passes: 20, seed: 5, firstRow: 50)
    for name in ["p", "std", "entropy", "mutual_information"] {
      let first = try results[0].tensor(name)
      for other in results.dropFirst() { #expect(try other.tensor(name) == first) }
      #expect(try late.tensor(name) == first[rows: 50..<100])
    }
    let sums = try results[0].tensor("p").floats
    for row in 0..<100 { #expect(abs(sums[(row * 4)..<(row * 4 + 4)].reduce(0, +) - 1) < 1e-5) }
    let (entropy, information) = (
      try results[0].tensor("entropy").floats, try results[0].tensor("mutual_information").floats
    )
    #expect(zip(entropy, information).allSatisfy { $0 <= Float(log(4.0)) + 1e-5 && $1 >= 0 && $1 <= $0 })
  }

  /// Floats are read where they lie, other types are converted batch by batch: in any order of frames the same numbers.
  @Test func isTheSameFromAnyType() throws {
    let network = try Network(Architecture(input: [16], parsing: ["relu", "dense:5", "bn", "tanh", "dense:3"]))
    try network.initialize(seed: 2)
    let model = network.frame()
    let values = (0..<20 * 16).map { UInt8($0 * 7 % 251) }
    let bytes = Frame(.data, tensors: ["x": Tensor(values, shape: [20, 16])])
    let floats = Frame(.data, tensors: ["x": Tensor(values.map { Float($0) }, shape: [20, 16])])
    let predictor = try Predictor(model, team: ThreadTeam(threads: 2), capacity: 8)
    var results: [Tensor] = []
    for frame in [bytes, floats, bytes, floats, floats] {
      results.append(try predictor.predict(frame, passes: 0, seed: 0, firstRow: 0).tensor("output"))
    }
    #expect(results.dropFirst().allSatisfy { $0 == results[0] })
    let spoiled = Frame(.data, tensors: ["x": Tensor([Float](repeating: .nan, count: 16), shape: [1, 16])])
    #expect(throws: Failure.self) { try predictor.predict(spoiled, passes: 0, seed: 0, firstRow: 0) }
    #expect(try predictor.predict(bytes, passes: 0, seed: 0, firstRow: 0).tensor("output") == results[0])
  }
}
