import Kernels
import Networks
import Tensors
import Testing

@testable import Training

/// The sanity checks: each passes on what is sound and fails on what is broken in its own way.
@Suite struct CheckTests {
  private let team = ThreadTeam(threads: 1)

  /// Standard normal rows.
  private func rows(_ count: Int, of columns: Int, scale: Float = 1) -> [Float] {
    var stream = RandomStream(seed: 5, purpose: 99)
    return (0..<count * columns).map { _ in scale * Float(stream.nextNormal()) }
  }

  /// Random rows of random classes.
  private func classes(_ count: Int, _ classes: Int, columns: Int = 20, scale: Float = 1) throws -> Dataset {
    let labels = (0..<count).map { Int64($0 * 7 % classes) }
    let x = Tensor(rows(count, of: columns, scale: scale), shape: [count, columns])
    return try Dataset(frames: [Frame(.data, tensors: ["x": x, "y": Tensor(labels, shape: [count])])])
  }

  private func values(_ x: [Float], _ y: [Float]) throws -> Dataset {
    let x = Tensor(x, shape: [y.count, x.count / y.count])
    return try Dataset(frames: [Frame(.data, tensors: ["x": x, "y": Tensor(y, shape: [y.count, 1])])])
  }

  private func subject(
    _ layers: [String], _ data: Dataset, loss: String = "cross-entropy", seed: Int = 1
  ) throws -> CheckSubject {
    let network = try Network(Architecture(input: [data.columns], parsing: layers))
    try network.initialize(seed: seed)
    return try CheckSubject(
      model: network.frame(), data: data, loss: try LossKind.make(parsing: loss), rows: 256, team: team)
  }

  private func deep(_ activation: String, _ initializer: String) -> [String] {
    (0..<20).flatMap { _ in ["dense:100,init=\(initializer)", activation] } + ["dense:10,init=\(initializer)"]
  }

  // MARK: Initial loss

  @Test func smallWeightsBeginAtLogC() throws {
    let result = try InitialLoss(subject(["dense:30,init=small", "relu", "dense:10,init=small"], classes(200, 10)))
    #expect(result.passes)
    #expect(abs(result.expected - 2.302585) < 1e-5)
    #expect(abs(result.loss - 2.302585) < 0.01)
    let entropy = try #require(result.entropy)
    #expect(abs(entropy - 2.302585) < 1e-6)
    #expect(result.text.contains("(log 10)"))
  }

  @Test func largeWeightsAndUnpreparedDataBeginFarAbove() throws {
    let large = try InitialLoss(
      subject(["dense:30,init=normal:0:1", "relu", "dense:10,init=normal:0:1"], classes(200, 10)))
    #expect(!large.passes)
    let raw = try InitialLoss(subject(["dense:30", "relu", "dense:10"], classes(200, 10, scale: 100)))
    #expect(!raw.passes)
  }

  @Test func aModelOfValuesIsHeldToTheTargetsVariance() throws {
    let targets = rows(300, of: 1)
    let near = try InitialLoss(
      subject(["dense:10,init=small", "relu", "dense:1"], values(rows(300, of: 5), targets), loss: "mse"))
    let sample = targets.map(Double.init)  // a sample of 256; the variance of all is near
    let mean = sample.reduce(0, +) / 300
    let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300
    #expect(abs(near.expected - variance) < 0.1 * variance)
    #expect(near.passes)
    let far = try InitialLoss(
      subject(["dense:10", "relu", "dense:1"], values(rows(300, of: 5), targets.map { $0 + 50 }), loss: "mse"))
    #expect(abs(far.expected - near.expected) < 1e-3)
    #expect(!far.passes)
  }

  @Test func yesOrNoBeginsAtLog2() throws {
    let result = try InitialLoss(subject(["dense:1,init=small"], classes(100, 2), loss: "bce-with-logits"))
    #expect(abs(result.expected - 0.693147) < 1e-5)
    #expect(result.text.contains("(log 2)"))
    #expect(result.passes)
  }

  @Test func dropoutDoesNotCount() throws {
    let data = try classes(200, 10)
    let plain = try InitialLoss(subject(["dense:30", "relu", "dense:10"], data))
    let network = try Network(
      Architecture(input: [20], parsing: ["dense:30", "dropout:0.9", "relu", "dropout,p=0.9", "dense:10"]))
    let dense = try subject(["dense:30", "relu", "dense:10"], data).model.tensors
    #expect(
      network.load([
        "0.weight": try #require(dense["0.weight"]), "0.bias": try #require(dense["0.bias"]),
        "4.weight": try #require(dense["2.weight"]), "4.bias": try #require(dense["2.bias"]),
      ]).isEmpty)
    let loss = try LossKind.make(parsing: "cross-entropy")
    let dropped = try InitialLoss(CheckSubject(model: network.frame(), data: data, loss: loss, team: team))
    #expect(dropped.loss == plain.loss)
  }

  // MARK: Gradients

  @Test func gradientsOfASoundModelAgree() throws {
    let layers = ["dense:30,l2=0.01", "bn", "relu", "dropout:0.3", "dense:20", "tanh", "dense:10"]
    let result = try GradientAgreement(subject(layers, classes(200, 10)), samples: 20)
    #expect(result.passes)
    #expect(result.findings.count == 8)
    #expect(result.findings.allSatisfy { $0.error < 1e-4 && $0.compared > 0 })
  }

  /// A loss with a gradient that is wrong by a factor.
  private struct Bent: Loss {
    let base: any Loss
    let factor: Float
    var spec: Spec { base.spec }
    var reduction: Reduction { base.reduction }
    var answers: AnswerForm { base.answers }
    var outputs: OutputForm { base.outputs }
    func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double {
      base.terms(targets, rows: rows, outputs: outputs)
    }
    func evaluate(
      _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
      losses: UnsafeMutablePointer<Double>
    ) {
      base.evaluate(output, targets, rows: rows, scale: factor * scale, gradient: gradient, losses: losses)
    }
    func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
      base.reference(output, targets, row: row)
    }
    func predict(_ output: Matrix, rows: Range<Int>) { base.predict(output, rows: rows) }
  }

  @Test func aWrongGradientIsCaught() throws {
    let sound = try subject(["dense:30", "relu", "dense:10"], classes(200, 10))
    func check(_ factor: Float) throws -> GradientAgreement {
      let loss = Bent(base: sound.loss, factor: factor)
      let bent = try CheckSubject(model: sound.model, data: sound.data, loss: loss, team: team)
      return try GradientAgreement(bent, samples: 20)
    }
    #expect(try check(1).passes)
    let result = try check(1.01)
    #expect(!result.passes)
    #expect(result.findings.allSatisfy { abs($0.error - 0.01) < 0.005 })
    #expect(try !check(.nan).passes)
  }

  // MARK: Overfit

  private func overfit(_ subject: CheckSubject, rows: Int, steps: Int = 1000) throws -> Overfit {
    let kind = try OptimizerKind.named("adam")
    var options = Overfit.Options(rows: rows, optimizer: try kind.make(Spec("adam")), learningRate: 0.01)
    options.steps = steps
    return try Overfit(subject, options: options)
  }

  @Test func aModelLearnsAFewRowsInSpiteOfItsRegularisation() throws {
    let layers = ["dense:50,l2=1,maxnorm=0.1", "relu", "dropout:0.9", "dense:10,l1=1"]
    let result = try overfit(subject(layers, classes(200, 10)), rows: 40)
    #expect(result.passes)
    #expect(result.rows == 40)
    #expect(result.score?.accuracy == 1)
    #expect(result.steps < 500)
  }

  @Test func answersThatContradictEachOtherCannotBeLearnt() throws {
    let x = Tensor([Float](repeating: 1, count: 40), shape: [20, 2])
    let y = Tensor((0..<20).map { Int64($0 % 2) }, shape: [20])
    let data = try Dataset(frames: [Frame(.data, tensors: ["x": x, "y": y])])
    let result = try overfit(subject(["dense:50", "relu", "dense:2"], data), rows: 20, steps: 100)
    #expect(!result.passes)
    #expect(result.steps == 100)
  }

  @Test func valuesAreLearntWhenLittleLossIsLeft() throws {
    let data = try values(rows(100, of: 8), rows(100, of: 1))
    let result = try overfit(subject(["dense:60", "tanh", "dense:1"], data, loss: "mse"), rows: 20)
    #expect(result.passes)
    let line = try overfit(subject(["dense:1"], data, loss: "mse"), rows: 100, steps: 400)
    #expect(!line.passes)
  }

  // MARK: Learning rates

  /// The loss (w·s − t)², the second derivative 2s², whose gradient descent is stable below the rate 1/s².
  private func range(scale: Float, _ range: ClosedRange<Double>) throws -> LearningRateRange {
    let data = try values([Float](repeating: scale, count: 32), [Float](repeating: 10, count: 32))
    let subject = try subject(["dense:1,init=zeros,bias=no"], data, loss: "mse")
    let sgd = try OptimizerKind.named("sgd").make(Spec("sgd"))
    return try LearningRateRange(subject, options: LearningRateRange.Options(range: range, optimizer: sgd))
  }

  @Test("finds the order of magnitude of the rate on a quadratic", arguments: [Float(0.1), 1, 10])
  func rateOfAQuadratic(scale: Float) throws {
    let result = try range(scale: scale, 1e-6...1e4)
    let stable = 1 / Double(scale * scale)
    let suggestion = try #require(result.curve.suggestion)
    #expect(suggestion > 0.01 * stable && suggestion < stable)
    #expect(result.passes)
    #expect(result.curve.points.count < 100)
    let last = try #require(result.curve.points.last)
    #expect(last.rate > stable && last.rate < 30 * stable)
  }

  @Test func ratesTooSmallOrTooLargeFail() throws {
    #expect(try !range(scale: 1, 1e-9...1e-7).passes)
    #expect(try !range(scale: 1, 10...1000).passes)
  }

  @Test func boundsAreRead() throws {
    #expect(try LearningRateRange.bounds("1e-5..1") == 1e-5...1)
    #expect(try LearningRateRange.bounds("0.001..0.5") == 0.001...0.5)
    for text in ["1", "1..", "..1", "0..1", "1..0.1", "1..1", "-1..1", "a..b", "1e-5.1", ""] {
      #expect(throws: Failure.self, "\(text)") { try LearningRateRange.bounds(text) }
    }
  }

  // MARK: Activations

  private func words(_ layers: [String]) throws -> String {
    let activity = try LayerActivity(subject(layers, classes(300, 10)))
    return activity.remarks.map(\.text).joined(separator: "\n")
  }

  @Test func smallWeightsCollapseInADeepNet() throws {
    let words = try words(deep("tanh", "small"))
    #expect(words.contains("collapsed") && words.contains("Gradients vanish"))
  }

  @Test func largeWeightsSaturateTanhAndExplodeRelu() throws {
    #expect(try words(deep("tanh", "normal:0:1")).contains("saturated"))
    #expect(try words(deep("relu", "normal:0:1")).contains("exploded"))
  }

  @Test func theRightInitialiserHolds() throws {
    #expect(try words(deep("tanh", "glorot_normal")).isEmpty)
    #expect(try words(deep("relu", "he_normal")).isEmpty)
    #expect(try words(deep("selu", "lecun_normal")).isEmpty)
  }

  @Test func gradientsVanishThroughSigmoids() throws {
    #expect(try words(deep("sigmoid", "glorot_normal")).contains("Gradients vanish"))
  }

  @Test func unitsBelowALargeNegativeBiasAreDead() throws {
    let subject = try subject(["dense:50,bias_init=constant:-100", "relu", "dense:10"], classes(300, 10))
    let activity = try LayerActivity(subject)
    #expect(activity.layers[1].dead == 1)
    #expect(activity.layers[0].dead == nil)
    #expect(activity.remarks.contains { $0.isFailure && $0.text.contains("dead") })
  }

  @Test func lastWeightsOfZeroAreNoFailure() throws {
    let activity = try LayerActivity(subject(["dense:50", "relu", "dense:10,init=zeros"], classes(300, 10)))
    #expect(activity.passes)
    #expect(activity.remarks.count == 1)
  }

  @Test func figuresAreThoseOfTheOutputs() throws {
    // y = 2x of rows 1, 2, 3, 4: mean 5, deviation √5.
    let data = try values([1, 2, 3, 4], [0, 0, 0, 0])
    let activity = try LayerActivity(subject(["dense:1,init=constant:2", "relu"], data, loss: "mse"))
    for layer in activity.layers {
      #expect(abs(layer.mean - 5) < 1e-6)
      #expect(abs(layer.deviation - 5.0.squareRoot()) < 1e-6)
      // The gradient of (y − 0)² is 2y, for each row by itself.
      #expect(abs((layer.gradient ?? 0) - 2 * 5.0.squareRoot()) < 1e-5)
    }
    #expect(activity.layers[1].dead == 0)
  }

  @Test func saturationCountsTheOuterHundredthOfTheRange() throws {
    // σ(x) is beyond 0.99 from x = 4.6 on, tanh beyond 0.98 from 2.3 on.
    let data = try values([-5, -4.5, 0, 4.5, 5], [0, 0, 0, 0, 0])
    let layers = ["dense:1,init=ones", "sigmoid"]
    let sigmoid = try LayerActivity(subject(layers, data, loss: "mse")).layers[1].saturated
    #expect(sigmoid == 0.4)
    let tanh = try LayerActivity(subject(["dense:1,init=constant:0.5", "tanh"], data, loss: "mse")).layers[1].saturated
    #expect(tanh == 0.4)
  }
}
