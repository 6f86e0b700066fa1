import Kernels
import Networks
import Tensors
import Testing
import Training

/// Frozen layers at the bottom run once, and nobody can tell from the result.
@Suite struct FrozenPrefixTests {
  /// Layers of which those with lr=0 at the bottom are a prefix, over images of 6 × 6.
  static let networks: [[String]] = [
    ["flatten", "dense:20,lr=0", "relu", "dropout:0.5", "dense:12", "bn", "tanh", "dense:3"],
    ["conv:4:3,lr=0", "bn,lr=0", "relu", "maxpool:2", "flatten", "dense:9", "alphadropout:0.2", "dense:3"],
    ["conv:4:3,pad=same,lr=0", "residual", "conv:4:3,pad=same,lr=0", "end", "relu", "globalavgpool", "dense:3"],
    ["conv:4:3,pad=same,lr=0", "residual", "conv:4:3,pad=same", "end", "relu", "dropout2d:0.3", "flatten", "dense:3"],
  ]

  private func data(rows: Int, seed: UInt64) throws -> Dataset {
    var stream = RandomStream(seed: seed, purpose: 1, index: 0)
    let x = (0..<rows * 36).map { _ in UInt8(truncatingIfNeeded: stream.nextInt(below: 256)) }
    let y = (0..<rows).map { Int64($0 % 3) }
    return try Dataset(
      frames: [Frame(.data, tensors: ["x": Tensor(x, shape: [rows, 6, 6, 1]), "y": Tensor(y, shape: [rows])])])
  }

  private func options(_ change: (inout TrainingOptions) -> Void = { _ in }) throws -> TrainingOptions {
    let optimizer = try Spec(parsing: "adam")
    var options = TrainingOptions(
      optimizer: try OptimizerKind.named("adam").make(optimizer), learningRate: 0.01,
      schedule: try Schedule(parsing: "constant"), loss: try LossKind.make(parsing: "cross-entropy"))
    options.epochs = 3
    options.batchSize = 8
    options.seed = 5
    change(&options)
    return options
  }

  /// The parameters, and what the epochs reported.
  private func train(_ layers: [String], _ options: TrainingOptions, threads: Int = 1) throws -> ([[Float]], [String]) {
    let network = try Network(Architecture(input: [6, 6, 1], parsing: layers))
    try network.initialize(seed: 3)
    let trainer = try Trainer(
      network, options: options, data: data(rows: 45, seed: 1), validation: data(rows: 21, seed: 2),
      team: ThreadTeam(threads: threads))
    var reports: [String] = []
    var hooks = Trainer.Hooks()
    hooks.epoch = { reports.append("\($0.train.loss) \($0.valid?.loss ?? 0)") }
    #expect(try trainer.run(hooks))
    return (network.parameters.map { $0.parameter.tensor.floats }, reports)
  }

  @Test("the result is that of running them in every step", arguments: networks)
  func changesNothing(_ layers: [String]) throws {
    let once = try train(layers, options())
    let always = try train(layers, options { $0.frozenPrefixBytes = 0 })
    #expect(once == always)
    #expect(try train(layers, options(), threads: 2) == once)
  }

  /// With averages over steps whose statistics are taken anew, with penalties, with mixup, which blends the raw rows.
  @Test func goesWithOtherOptions() throws {
    let layers = FrozenPrefixTests.networks[0]
    let average = try Average(parsing: "swa:1")
    let changes: [(inout TrainingOptions) -> Void] = [
      { $0.average = average },
      { $0.mixup = 0.4 }, { $0.keepsBest = true }, { $0.epochs = 1 },
    ]
    for change in changes {
      let once = try train(layers, options(change))
      let always = try train(
        layers,
        options {
          change(&$0)
          $0.frozenPrefixBytes = 0
        })
      #expect(once == always)
    }
  }

  @Test func aPauseIsNoticed() throws {
    let network = try Network(Architecture(input: [6, 6, 1], parsing: FrozenPrefixTests.networks[0]))
    let trainer = try Trainer(
      network, options: options(), data: data(rows: 45, seed: 1), validation: nil, team: ThreadTeam(threads: 1))
    var hooks = Trainer.Hooks()
    hooks.shouldPause = { true }
    #expect(try !trainer.run(hooks))
    #expect(try trainer.run(Trainer.Hooks()))
  }
}
