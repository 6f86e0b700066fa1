import Glibc
import Kernels
import Networks
import Tensors
import Testing

@testable import Training

/// What becomes of answers on the way to the loss: class weights, mixup, means over an epoch.
@Suite struct TargetTests {
  private static func data(_ x: [Float], _ y: Tensor) throws -> Dataset {
    try Dataset(frames: [Frame(.data, tensors: ["x": Tensor(x, shape: [x.count, 1]), "y": y])])
  }

  /// Class scores of which the first is x and the others are 0.
  private static func network(classes: Int) throws -> Network {
    let network = try Network(Architecture(input: [1], parsing: ["dense:\(classes),bias=no"]))
    let weights = [Float(1)] + [Float](repeating: 0, count: classes - 1)
    #expect(network.load(["0.weight": Tensor(weights, shape: [classes, 1])]).isEmpty)
    return network
  }

  private static func options(_ loss: String) throws -> TrainingOptions {
    let spec = try Spec(parsing: "sgd")
    var options = TrainingOptions(
      optimizer: try OptimizerKind.named("sgd").make(spec), learningRate: 1e-30, schedule: .constant,
      loss: try LossKind.make(parsing: loss))
    options.epochs = 1
    options.shuffles = false
    return options
  }

  /// The scores of the first epoch, at a learning rate that changes nothing.
  private static func report(_ options: TrainingOptions, _ data: Dataset, classes: Int) throws -> EpochReport {
    let trainer = try Trainer(
      network(classes: classes), options: options, data: data, validation: data, team: ThreadTeam(threads: 1))
    var reports: [EpochReport] = []
    var hooks = Trainer.Hooks()
    hooks.epoch = { reports.append($0) }
    #expect(try trainer.run(hooks))
    return try #require(reports.first)
  }

  /// −log softmax((x, 0))[class].
  private static func loss(_ x: Double, _ label: Int) -> Double { log(1 + exp(label == 0 ? -x : x)) }

  /// The weighted mean is that of all rows, however they fall into batches.
  @Test(arguments: [1, 2, 3, 5])
  func theMeanOfAnEpochIsThatOfItsRows(batch: Int) throws {
    let (x, labels): ([Float], [Int64]) = ([0.5, -1, 2, 0.25, -3], [0, 1, 1, 0, 0])
    var options = try TargetTests.options("cross-entropy")
    options.batchSize = batch
    options.classWeights = try ClassWeights(parsing: "0:3,1:0.5")
    let report = try TargetTests.report(options, TargetTests.data(x, Tensor(labels, shape: [5])), classes: 2)
    var (sum, weights) = (0.0, 0.0)
    for (x, label) in zip(x, labels) {
      let weight = label == 0 ? 3 : 0.5
      sum += weight * TargetTests.loss(Double(x), Int(label))
      weights += weight
    }
    #expect(abs(report.train.loss - sum / weights) < 1e-6)
    #expect(report.valid == report.train)
    #expect(report.train.accuracy == 0.6)
  }

  @Test func aSumIsOverTheRowsOfTheEpoch() throws {
    var options = try TargetTests.options("cross-entropy,reduction=sum")
    options.batchSize = 2
    let data = try TargetTests.data([1, 2, 3], Tensor([Int64(0), 0, 0], shape: [3]))
    let report = try TargetTests.report(options, data, classes: 2)
    let expected = [1.0, 2, 3].reduce(0) { $0 + TargetTests.loss($1, 0) }
    #expect(abs(report.train.loss - expected) < 1e-6 && abs(report.train.loss - (report.valid?.loss ?? 0)) < 1e-12)
  }

  @Test func ignoredRowsCountNowhere() throws {
    var options = try TargetTests.options("cross-entropy,ignore=20000000")
    options.batchSize = 2
    options.classWeights = try ClassWeights(parsing: "0:2")
    // The ignored class needs no output, and one batch holds nothing else.
    let data = try TargetTests.data([1, 5, 7, 9], Tensor([Int64(0), 20_000_000, 20_000_000, 20_000_000], shape: [4]))
    let report = try TargetTests.report(options, data, classes: 2)
    #expect(abs(report.train.loss - TargetTests.loss(1, 0)) < 1e-6)
    #expect(report.train.accuracy == 1)
  }

  @Test func balancedWeightsAreScikitLearns() throws {
    let data = try TargetTests.data([0, 0, 0, 0, 0, 0], Tensor([Int64(0), 0, 0, 1, 1, 3], shape: [6]))
    let loss = try LossKind.make(parsing: "cross-entropy")
    // compute_class_weight("balanced"): 6 / (3 · count) for the classes that occur.
    #expect(try ClassWeights.balanced.resolve(data, loss, outputs: 4) == [Float(6.0 / 9), 1, 1, 2])
    let shares = Tensor([Float(1), 0, 0.5, 0.5, 1, 0], shape: [3, 2])
    let soft = try TargetTests.data([0, 0, 0], shares)
    #expect(try ClassWeights.balanced.resolve(soft, loss, outputs: 2) == [0.6, 3])
  }

  @Test func mixupBlendsRowsTargetsAndWeights() throws {
    let network = try TargetTests.network(classes: 3)
    let mixup = Mixup(alpha: 1, seed: 5, capacity: 6, network: network, team: ThreadTeam(threads: 1))
    let input = Matrix(capacity: 6, columns: 1)
    let targets = Targets(capacity: 6, columns: 3)
    func blended(step: Int) -> [[Float]] {
      targets.holdsClasses = true
      for row in 0..<6 {
        input.pointer[row * input.ld] = Float(row * row)
        targets.labels.pointer[row] = Int32(row % 3)
        targets.weights.pointer[row] = Float(row)
      }
      mixup.blend(input, targets, rows: 5, step: step)
      return (0..<6).map { row in
        Array(input[row: row]) + Array(targets.values[row: row]) + [targets.weights.pointer[row]]
      }
    }
    let rows = blended(step: 3)
    #expect(!targets.holdsClasses)
    var stream = RandomStream(seed: 5, purpose: RandomPurpose.mixup, index: 3)
    let share = Float(stream.nextBeta(1))
    var partners: Set<Int> = []  // told by the blended input
    for row in 0..<5 {
      let partner = try #require(
        (0..<5).first { abs(rows[row][0] - (share * Float(row * row) + (1 - share) * Float($0 * $0))) < 1e-4 })
      partners.insert(partner)
      let (own, other) = (share * Float(row), (1 - share) * Float(partner))
      #expect(abs(rows[row][4] - (own + other)) < 1e-5)
      // A row without weight teaches nothing.
      let part = own + other > 0 ? own / (own + other) : share
      for c in 0..<3 {
        let due = (row % 3 == c ? part : 0) + (partner % 3 == c ? 1 - part : 0)
        #expect(abs(rows[row][1 + c] - due) < 1e-6)
      }
    }
    #expect(partners.count == 5)
    #expect(rows[5][0] == 25)  // beyond the batch
    #expect(blended(step: 3) == rows && blended(step: 4) != rows)
  }
}
