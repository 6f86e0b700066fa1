import Kernels
import Networks
import Tensors

/// The optimisation loop: batches, gradients, steps, epochs, validation, the best so far.
///
/// All memory is made before the first step, and a step allocates nothing.
public final class Trainer {
  /// The network that is trained.
  public let network: Network
  private let options: TrainingOptions
  private let data: Dataset
  private let validation: Dataset?
  private let team: ThreadTeam
  private let executor: Executor
  private let targets: Targets
  private let updater: Updater
  private let losses: AlignedBuffer<Double>
  private let batchSize: Int
  /// Whether a last batch of one row, which has no statistics of its own, joins the batch before it.
  private let foldsLastRow: Bool
  private var order: [Int32] = []
  private var best: [String: Tensor]?
  private var state = TrainingState()
  private let needsAccuracy: Bool

  /// A trainer at the beginning of a run.
  public init(
    _ network: Network, options: TrainingOptions, data: Dataset, validation: Dataset?, team: ThreadTeam
  ) throws(Failure) {
    self.network = network
    self.options = options
    self.data = data
    self.validation = validation
    self.team = team
    try Match(network, options.loss).check(data, "training data")
    if let validation { try Match(network, options.loss).check(validation, "validation data") }
    batchSize = min(options.batchSize ?? data.rows, data.rows)
    foldsLastRow = network.layers.contains { $0.isTrainable && $0.needsRows > 1 }
    guard !foldsLastRow || batchSize > 1 else {
      throw .usage("batch normalisation takes the statistics of a batch: two rows or more are due, by --batch-size")
    }
    let capacity = max(batchSize + (foldsLastRow ? 1 : 0), min(256, validation?.rows ?? 0))
    executor = Executor(network, capacity: capacity, team: team)
    executor.allocateGradients()
    targets = Targets(
      capacity: capacity, columns: network.outputCount,
      hasWeights: data.weights != nil || validation?.weights != nil)
    losses = AlignedBuffer<Double>(count: capacity)
    updater = Updater(network, options: options, team: team)
    needsAccuracy = options.loss.takesClasses
  }

  /// The largest value in a sample of the training data.
  public static func largestValue(of data: Dataset) -> Float { data.largestValue }

  // MARK: The run

  private var lastEpoch: Int { state.firstEpoch + options.epochs }
  private var stepsPerEpoch: Int {
    (data.rows + batchSize - 1) / batchSize - (foldsLastRow && data.rows % batchSize == 1 ? 1 : 0)
  }

  /// What the loop asks and tells while it runs.
  public struct Hooks {
    /// Asked before each step: whether to stop here.
    public var shouldPause: () -> Bool = { false }
    /// Told after each step: the epoch from 1, the share of it that is done, the mean loss so far.
    public var step: ((Int, Double, Double) -> Void)?
    /// Told after each step: its learning rate, the mean loss of its batch.
    public var batch: ((Double, Double) -> Void)?
    /// Told after each epoch.
    public var epoch: (EpochReport) throws(Failure) -> Void = { _ in }
    /// Told after each step, with whether an epoch ended: the moment to write a checkpoint.
    public var mayCheckpoint: (_ step: Int, _ endsEpoch: Bool) throws(Failure) -> Void = { _, _ in }

    /// Hooks that do nothing.
    public init() {}
  }

  /// Trains until the last epoch, until early stopping, or until a hook says to pause.
  ///
  /// - Returns: whether the run is finished.
  public func run(_ hooks: Hooks) throws(Failure) -> Bool {
    while !state.isFinished {
      if state.epoch >= lastEpoch {
        state.isFinished = true
        break
      }
      guard try runEpoch(hooks) else { return false }
    }
    return true
  }

  private func runEpoch(_ hooks: Hooks) throws(Failure) -> Bool {
    shuffle()
    var seconds = 0.0
    var rate = learningRate
    while state.position < data.rows {
      if hooks.shouldPause() { return false }
      let start = Clock.seconds
      rate = learningRate
      let loss = try step(rate)
      seconds += Clock.seconds - start
      hooks.batch?(rate, loss)
      hooks.step?(
        state.epoch + 1, Double(state.position) / Double(data.rows),
        state.lossSum / Double(state.position * options.loss.terms(outputs: network.outputCount)))
      if state.position < data.rows { try hooks.mayCheckpoint(state.step, false) }
    }
    try endEpoch(rate, seconds, hooks)
    return true
  }

  private func endEpoch(_ rate: Double, _ seconds: Double, _ hooks: Hooks) throws(Failure) {
    try checkParameters()
    let train = score(lossSum: state.lossSum, correct: state.correct, rows: data.rows)
    let valid = validation.map { evaluate($0) }
    state.epoch += 1
    let judged = valid?.loss ?? train.loss
    let isBest = judged < state.best - options.minimumImprovement
    if isBest {
      (state.best, state.bestEpoch) = (judged, state.epoch)
      if options.keepsBest { best = network.tensors }
    }
    let penalties = network.parameters.filter { $0.parameter.isPenalised }
    let report = EpochReport(
      epoch: state.epoch, step: state.step, learningRate: rate, train: train,
      penalty: penalties.isEmpty ? nil : penalties.reduce(0) { $0 + $1.parameter.penalty }, valid: valid,
      gradientNorm: options.clipNorm == nil ? nil : state.largestGradientNorm, isBest: isBest, seconds: seconds)
    (state.position, state.lossSum, state.correct, state.largestGradientNorm) = (0, 0, 0, 0)
    if let patience = options.patience, state.epoch - max(state.bestEpoch, state.firstEpoch) >= patience {
      state.isFinished = true
    }
    if state.epoch >= lastEpoch { state.isFinished = true }
    try hooks.epoch(report)
    try hooks.mayCheckpoint(state.step, true)
  }

  private var learningRate: Double {
    let schedule = options.schedule
    return schedule.countsSteps
      ? schedule.rate(
        base: options.learningRate, at: state.step - state.firstStep, of: options.epochs * stepsPerEpoch)
      : schedule.rate(base: options.learningRate, at: state.epoch - state.firstEpoch, of: options.epochs)
  }

  private func shuffle() {
    guard options.shuffles else { return }
    var stream = RandomStream(
      seed: UInt64(options.seed), purpose: RandomPurpose.shuffle, index: UInt32(truncatingIfNeeded: state.epoch))
    order = stream.permutation(data.rows)
  }

  // MARK: One step

  /// Trains on the next batch; returns its mean loss.
  private func step(_ rate: Double) throws(Failure) -> Double {
    let left = data.rows - state.position
    let rows = foldsLastRow && left == batchSize + 1 ? left : min(batchSize, left)
    gather(data, rows, at: state.position, shuffled: options.shuffles)
    let pass = Pass(
      .training, rows: rows, seed: UInt64(options.seed), step: UInt32(truncatingIfNeeded: state.step))
    executor.forward(pass)
    let terms = rows * options.loss.terms(outputs: network.outputCount)
    let loss = evaluateLoss(rows, scale: 1 / Float(terms), gradient: executor.outputGradient)
    guard loss.isFinite else {
      throw divergence(loss.isNaN ? "the loss is NaN" : "the loss is infinite", step: state.step + 1)
    }
    state.lossSum += loss
    if needsAccuracy { state.correct += countCorrect(rows) }
    let descents = updater.directDescents(rate: rate)
    executor.backward(pass, update: descents)
    let norm = updater.step(rate: rate, step: state.step + 1)
    state.largestGradientNorm = max(state.largestGradientNorm, norm)
    state.step += 1
    state.position += rows
    return loss / Double(terms)
  }

  /// Why numbers stopped being finite: the data was not, or the steps were too large.
  private func divergence(_ sign: String, step: Int) -> Failure {
    if let place = data.firstNotFinite { return .input("the training data has a value that is not finite: \(place)") }
    return .failed(
      "training diverged: \(sign) in epoch \(state.epoch + 1), step \(step); try a smaller --lr, or --clip-norm 1")
  }

  /// Fails when a parameter is not finite any more, which the loss of the next step would show, if there were one.
  private func checkParameters() throws(Failure) {
    for (name, _, parameter) in network.parameters {
      guard kernels.isFinite(parameter.values.pointer, count: parameter.values.count) else {
        throw divergence("'\(name)' is not finite", step: state.step)
      }
    }
  }

  private func gather(_ source: Dataset, _ rows: Int, at start: Int, shuffled: Bool) {
    order.withUnsafeBufferPointer { order in
      let indices = shuffled ? order.baseAddress : nil
      let tiles = TileGrid(rows: rows, columns: 1, tileRows: max(1, 32768 / source.columns), tileColumns: 1)
      team.forEach(tiles.count) { t in source.gather(tiles[t].rows, at: start, order: indices, into: executor.input) }
      source.fill(targets, rows: rows, at: start, order: indices)
    }
  }

  /// The sum of the losses of the batch, in row order.
  private func evaluateLoss(_ rows: Int, scale: Float, gradient: Matrix?) -> Double {
    let tiles = TileGrid(
      rows: rows, columns: 1, tileRows: max(1, 8192 / executor.output.ld), tileColumns: 1)
    team.forEach(tiles.count) { t in
      options.loss.evaluate(
        executor.output, targets, rows: tiles[t].rows, scale: scale, gradient: gradient, losses: losses.pointer)
    }
    var sum = 0.0
    for row in 0..<rows { sum += losses.pointer[row] }
    return sum
  }

  private func countCorrect(_ rows: Int) -> Int {
    var correct = 0
    for row in 0..<rows {
      let values = executor.output[row: row]
      let label = Int(targets.labels.pointer[row])
      guard values.indices.contains(label) else { continue }
      let mine = values[label]
      var isLargest = true
      for (c, value) in values.enumerated() where value > mine || (value == mine && c < label) { isLargest = false }
      if isLargest { correct += 1 }
    }
    return correct
  }

  private func evaluate(_ source: Dataset) -> Score {
    var (start, sum, correct) = (0, 0.0, 0)
    while start < source.rows {
      let rows = min(executor.capacity, source.rows - start)
      gather(source, rows, at: start, shuffled: false)
      executor.forward(Pass(.inference, rows: rows))
      sum += evaluateLoss(rows, scale: 1, gradient: nil)
      if needsAccuracy { correct += countCorrect(rows) }
      start += rows
    }
    return score(lossSum: sum, correct: correct, rows: source.rows)
  }

  private func score(lossSum: Double, correct: Int, rows: Int) -> Score {
    Score(
      loss: lossSum / Double(rows * options.loss.terms(outputs: network.outputCount)),
      accuracy: needsAccuracy ? Double(correct) / Double(rows) : nil)
  }

  // MARK: Checkpoints

  /// Goes on from the state that a model carries, as a new run: its epochs and steps are counted further, its
  /// optimizer's moments are taken over. Another optimizer than the model's begins at its first step.
  public func continueTraining(from frame: Frame) throws(Failure) {
    state = TrainingState()
    let carried = try TrainingState(frame: frame)
    (state.epoch, state.firstEpoch) = (carried.epoch, carried.epoch)
    let before = frame.metadata["nn.optimizer"].flatMap { try? Spec(parsing: $0) }
    guard before?.name == options.optimizer.spec.name else { return }
    (state.step, state.firstStep) = (carried.step, carried.step)
    try updater.load(frame)
  }

  /// Whether anything has been done yet.
  public var hasBegun: Bool { state.epoch > state.firstEpoch || state.position > 0 }
  /// Epochs completed.
  public var epoch: Int { state.epoch }

  /// A frame from which `resume` goes on exactly here.
  ///
  /// - Parameter identity: checksums of model and data at the beginning of the run.
  /// - Throws: when the parameters are not finite, since nothing could go on from there.
  public func checkpoint(identity: [(key: String, value: String)]) throws(Failure) -> Frame {
    try checkParameters()
    var frame = modelFrame
    frame.tensors.merge(updater.tensors) { $1 }
    frame.tensors.merge(state.tensors) { $1 }
    for (name, tensor) in best ?? [:] { frame.tensors["best." + name] = tensor }
    let run = (identity + options.fingerprint).map { ($0.key, JSON.string($0.value)) }
    frame.metadata["nn.run"] = JSON.object(run).text
    return frame
  }

  /// Takes up a run at its checkpoint; refuses one of other data, another model or other options, and says which.
  public func resume(_ frame: Frame, identity: [(key: String, value: String)]) throws(Failure) {
    guard let text = frame.metadata["nn.run"], let run = try? JSON.parse(text) else {
      throw .input("\(frame.place): a model, but no checkpoint of a run")
    }
    for (key, value) in identity + options.fingerprint {
      let before = run[key]?.string ?? "unknown"
      guard before == value else {
        let what =
          identity.contains { $0.key == key }
          ? "whose \(key) differs (\(before), now \(value))" : "with --\(key) \(before), now \(value)"
        throw .input(
          "\(frame.place): the checkpoint is of a run \(what); remove it to begin anew, or rerun the same command")
      }
    }
    let kept = frame.tensors(under: "best.")
    if !kept.isEmpty {
      // Written as they are at the end, they have to fit as the parameters do, which then take their place.
      let problems = network.load(kept)
      guard problems.isEmpty else { throw .input("\(frame.place): best: \(problems.joined(separator: "; "))") }
    }
    try network.load(frame)
    state = try TrainingState(frame: frame)
    guard state.position < data.rows else { throw .input("\(frame.place): 'state.position' is beyond the data") }
    try updater.load(frame)
    best = kept.isEmpty ? nil : kept
  }

  /// The trained model: the last parameters with the optimizer's state, or those of the best epoch.
  public func result() throws(Failure) -> Frame {
    try checkParameters()
    var frame = modelFrame
    if options.keepsBest, let best {
      frame.tensors = best
    } else {
      frame.tensors.merge(updater.tensors) { $1 }
      frame.tensors.merge(state.continuation) { $1 }
    }
    return frame
  }

  /// The network as it is, and how it is trained: a checkpoint predicts as a result does.
  private var modelFrame: Frame {
    var frame = network.frame()
    frame.metadata["nn.loss"] = options.loss.spec.description
    frame.metadata["nn.optimizer"] = options.optimizer.spec.description
    return frame
  }
}
