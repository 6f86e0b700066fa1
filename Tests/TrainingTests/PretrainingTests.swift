import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

@testable import Training

/// Pretraining layer by layer: what is learnt, what is left alone, and where a run is taken up.
@Suite struct PretrainingTests {
  /// Rows of 12 numbers 0 or 1, whose halves are alike.
  private static func rows(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: 97)
    return (0..<count).flatMap { _ -> [Float] in
      let half = (0..<6).map { _ -> Float in stream.nextDouble() < 0.3 ? 1 : 0 }
      return half + half
    }
  }

  private static func data(_ count: Int, seed: UInt64 = 1) throws -> Dataset {
    try Dataset(frames: [Frame(.data, tensors: ["x": Tensor(rows(count, seed: seed), shape: [count, 12])])])
  }

  private static func network(_ layers: String) throws -> Network {
    let network = try Network(Architecture(input: [12], parsing: layers.split(separator: " ").map(String.init)))
    try network.initialize(seed: 3)
    return network
  }

  private static func options(_ name: String) throws -> PretrainingOptions {
    let method: PretrainingOptions.Method =
      switch name {
      case "rbm": .boltzmann(steps: 1, isPersistent: false, sparsity: nil)
      case "persistent":
        .boltzmann(steps: 2, isPersistent: true, sparsity: BoltzmannMachine.Sparsity(target: 0.2, cost: 0.1))
      case "tied": .autoencoder(isTied: true, noise: nil)
      case "masked": .autoencoder(isTied: false, noise: .hiding(0.3))
      default: .autoencoder(isTied: true, noise: try InputNoise(parsing: name))
      }
    let spec = try Spec(parsing: PretrainingOptions.defaultOptimizer(of: method))
    var options = PretrainingOptions(
      method: method, optimizer: try OptimizerKind.named(spec.name).make(spec),
      schedule: try Schedule(parsing: "constant"))
    (options.epochs, options.batchSize, options.seed) = (3, 16, 4)
    return options
  }

  static let methods = ["rbm", "persistent", "tied", "masked", "0.2", "gaussian:0.3", "saltpepper:0.1"]
  private static let layers = "dense:8 bn sigmoid dropout:0.2 dense:6 tanh dense:3"

  private func pretraining(
    _ name: String, _ network: Network, epochs: Int = 3, threads: Int = 1
  ) throws -> Pretraining {
    var options = try PretrainingTests.options(name)
    options.epochs = epochs
    return try Pretraining(
      network, options, data: PretrainingTests.data(50),
      validation: PretrainingTests.data(20, seed: 2), team: ThreadTeam(threads: threads))
  }

  /// Trains all layers, or until so many steps are done; returns whether they all are.
  private func run(
    _ pretraining: Pretraining, from first: PretrainingStage? = nil, steps limit: Int = .max
  ) throws -> Bool {
    var steps = 0
    var next = if let first { first } else { try pretraining.nextStage() }
    while let stage = next {
      var hooks = Trainer.Hooks()
      hooks.shouldPause = {
        steps += 1
        return steps > limit
      }
      guard try stage.trainer.run(hooks) else { return false }
      pretraining.finishStage()
      next = try pretraining.nextStage()
    }
    return true
  }

  @Test("the exact log-likelihood of a machine rises, of new rows as well", arguments: [false, true])
  func likelihoodRises(isPersistent: Bool) throws {
    let network = try PretrainingTests.network("dense:8 sigmoid dense:2")
    var options = try PretrainingTests.options("rbm")
    options.method = .boltzmann(steps: 1, isPersistent: isPersistent, sparsity: nil)
    options.epochs = isPersistent ? 150 : 60
    let pretraining = try Pretraining(
      network, options, data: PretrainingTests.data(200), validation: nil, team: ThreadTeam(threads: 1))
    let stage = try #require(try pretraining.nextStage())
    let machine = try #require(stage.trainer.network.layers[0] as? BoltzmannMachine)
    let fresh = PretrainingTests.rows(200, seed: 9).map(Double.init)
    let rows = (0..<200).map { Array(fresh[$0 * 12..<($0 + 1) * 12]) }
    var likelihoods = [ExactMachine(machine).logLikelihood(rows)]
    var hooks = Trainer.Hooks()
    hooks.epoch = { _ in
      guard stage.trainer.epoch % (options.epochs / 3) == 0 else { return }
      likelihoods.append(ExactMachine(machine).logLikelihood(rows))
    }
    #expect(try stage.trainer.run(hooks))
    #expect(likelihoods == likelihoods.sorted(), "\(likelihoods)")
    // Six fair-ish coins and their copies have 3.67 nats of entropy; without a model of the halves it is twice that.
    #expect(try #require(likelihoods.last) > -5.5, "\(likelihoods)")
    #expect(likelihoods[0] < -7, "\(likelihoods)")
  }

  @Test("reconstructions become better, and layers that are not chosen stay", arguments: methods)
  func learns(_ name: String) throws {
    let network = try PretrainingTests.network(PretrainingTests.layers)
    let before = network.tensors
    let pretraining = try pretraining(name, network, epochs: 60)
    var next = try pretraining.nextStage()
    var names: [String] = []
    while let stage = next {
      var losses: [Double] = []
      var hooks = Trainer.Hooks()
      hooks.epoch = { losses.append($0.valid?.loss ?? .nan) }
      #expect(try stage.trainer.run(hooks))
      #expect(losses.count == 60 && losses[59] < losses[0], "\(stage.name): \(losses)")
      names.append(stage.name)
      pretraining.finishStage()
      next = try pretraining.nextStage()
    }
    #expect(names == ["0", "4"])
    let after = pretraining.result
    func isKept(_ name: String) -> Bool { after.tensors[name]?.doubles == before[name]?.doubles }
    for name in ["0.weight", "0.bias", "4.weight"] { #expect(!isKept(name), "\(name)") }
    for name in ["6.weight", "6.bias"] { #expect(isKept(name), "\(name)") }
    // What stands between layer and activation is part of an autoencoder's code, and not of a machine.
    let isMachine = ["rbm", "persistent"].contains(name)
    #expect(isKept("1.running_mean") == isMachine)
  }

  @Test("a run that is stopped at any step and resumed ends with the same bytes", arguments: methods)
  func resumes(_ name: String) throws {
    let whole = try pretraining(name, PretrainingTests.network(PretrainingTests.layers))
    #expect(try run(whole))
    let expected = try whole.unrolled()
    for stop in stride(from: 0, to: 24, by: 5) {
      let first = try pretraining(name, PretrainingTests.network(PretrainingTests.layers))
      #expect(try run(first, steps: stop) == false)
      let frame = try first.checkpoint(identity: [("data", "x")])
      let second = try pretraining(name, PretrainingTests.network(PretrainingTests.layers), threads: 3)
      #expect(try run(second, from: second.resume(frame, identity: [("data", "x")])))
      let found = try second.unrolled()
      #expect(found.metadata == expected.metadata)
      let (values, due) = (found.tensors.mapValues(\.doubles), expected.tensors.mapValues(\.doubles))
      #expect(values == due, "after \(stop) steps")
    }
  }

  @Test("a checkpoint of another run is refused, and a model is none")
  func refuses() throws {
    let first = try pretraining("0.2", PretrainingTests.network(PretrainingTests.layers))
    _ = try first.nextStage()
    let frame = try first.checkpoint(identity: [("data", "x")])
    for (name, data) in [("0.2", "y"), ("gaussian:0.1", "x"), ("rbm", "x")] {
      let other = try pretraining(name, PretrainingTests.network(PretrainingTests.layers))
      #expect(throws: Failure.self) { _ = try other.resume(frame, identity: [("data", data)]) }
    }
    let other = try pretraining("0.2", PretrainingTests.network(PretrainingTests.layers))
    #expect(throws: Failure.self) { _ = try other.resume(first.result, identity: [("data", "x")]) }
  }

  @Test("unrolled, encoders and decoders make one model")
  func unrolls() throws {
    let network = try PretrainingTests.network("dense:8 sigmoid dropout:0.5 dense:6 sigmoid dense:3")
    let pretraining = try pretraining("rbm", network)
    #expect(try run(pretraining))
    let frame = try pretraining.unrolled()
    #expect(
      frame.metadata[Metadata.architecture]?.split(separator: "\n").map { $0.prefix { $0 != "," } }
        == ["dense:8", "sigmoid", "dropout:0.5", "dense:6", "sigmoid", "dense:8", "sigmoid", "dense:12", "sigmoid"])
    let unrolled = try Network(frame: frame)
    let weight = unrolled.layers[7].parameters[0].tensor
    #expect(weight.shape == [12, 8])
    #expect(weight.floats[1] == network.layers[0].parameters[0].tensor.floats[12])
    let data = try PretrainingTests.data(50)
    let outputs = try unrolled.outputs(of: data, layers: 9, team: ThreadTeam(threads: 1)).floats
    let error = zip(outputs, PretrainingTests.rows(50)).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(outputs.count)
    #expect(error < 0.45)
    let blocked = try self.pretraining("rbm", PretrainingTests.network("dense:8 sigmoid bn dense:6 sigmoid dense:3"))
    #expect(throws: Failure.self) { try blocked.checkUnrolling() }
  }

  @Test("a masked loss counts what has a target")
  func maskedLoss() throws {
    for name in ["mse", "bce-with-logits"] {
      let base = try LossKind.make(parsing: name)
      let loss = MaskedLoss(base)
      let targets = Targets(capacity: 2, columns: 3, holdsClasses: false)
      let output = Matrix(capacity: 2, columns: 3)
      let gradient = Matrix(capacity: 2, columns: 3)
      let (values, wanted): ([Float], [Float]) = ([0.5, -2, 3, 1, 0.25, -1], [1, .nan, 0, .nan, .nan, 1])
      for i in 0..<6 {
        output.pointer[i / 3 * output.ld + i % 3] = values[i]
        targets.values.pointer[i / 3 * targets.values.ld + i % 3] = wanted[i]
      }
      #expect(loss.terms(targets, rows: 2, outputs: 3) == 3)
      let losses = AlignedBuffer<Double>(count: 2)
      loss.evaluate(output, targets, rows: 0..<2, scale: 1, gradient: gradient, losses: losses.pointer)
      let alone = Targets(capacity: 1, columns: 1, holdsClasses: false)
      var (sum, expected) = (0.0, 0.0)
      for i in 0..<6 {
        let slope = gradient.pointer[i / 3 * gradient.ld + i % 3]
        #expect((slope == 0) == wanted[i].isNaN, "\(name) \(i)")
        guard !wanted[i].isNaN else { continue }
        alone.values.pointer[0] = wanted[i]
        expected += base.reference([Double(values[i])], alone, row: 0)
      }
      for row in 0..<2 { sum += losses[row] }
      #expect(abs(sum - expected) < 1e-6, "\(name)")
    }
  }
}
