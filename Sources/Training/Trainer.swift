import Kernels
import Networks
import Tensors

/// The optimisation loop: batches, gradients, steps, epochs, validation, the best so far.
///
/// All memory is made before the first step, and a step allocates nothing. What a run leaves, and is taken up from, is in
/// TrainerCheckpoints.swift.
public final class Trainer {
  /// The network that is trained.
  public let network: Network
  let options: TrainingOptions
  /// The rows in hand.
  let rows: TrainingRows
  private var validation: Dataset?
  /// The frozen layers that the data has yet to go through; nil when it has, or when there are none.
  private var prefix: FrozenPrefix?
  private let team: ThreadTeam
  private let executor: Executor
  private let targets: Targets
  let updater: Updater
  let average: WeightAverage?
  private let monitor: Monitor
  private let scorer: Scorer
  private let mixup: Mixup?
  private let corruption: Corruption?
  private let batchSize: Int
  /// Whether a last batch of one row, which has no statistics of its own, joins the batch before it.
  private let foldsLastRow: Bool
  /// Where among the rows in hand the batch begins whose rows are in the executor's next input; nil when none are.
  private var positionAhead: Int?
  var best: [String: Tensor]?
  var state = TrainingState()
  /// The penalty on the outputs of layers in the last batch of the epoch; nil when there is none.
  private var activityPenalty: Double?

  /// A trainer at the beginning of a run.
  ///
  /// - Parameters:
  ///   - data: the training rows, or the first of them.
  ///   - epochs: those that follow, where each epoch has rows of its own.
  public init(
    _ network: Network, options: TrainingOptions, data: Dataset, epochs: (any EpochSource)? = nil,
    validation: Dataset?, team: ThreadTeam
  ) throws(Failure) {
    self.network = network
    self.options = options
    rows = TrainingRows(data, epochs, options)
    self.validation = validation
    self.team = team
    try Match(network, options.loss).check(data, "training data", isWindow: rows.areWindow, team: team)
    if let validation { try Match(network, options.loss).check(validation, "validation data", team: team) }
    try Mixup.check(options)
    // A later epoch may have more rows than those in hand, if these are a window.
    batchSize =
      if rows.areWindow, let size = options.batchSize { size } else {
        min(options.batchSize ?? data.rows, data.rows)
      }
    foldsLastRow = network.layers.contains { $0.isTrainable && $0.needsRows > 1 }
    if foldsLastRow { try Trainer.checkStatistics(of: data) }
    guard !foldsLastRow || batchSize > 1 else {
      throw .usage("batch normalisation takes the statistics of a batch: two rows or more are due, by --batch-size")
    }
    let capacity = max(batchSize + (foldsLastRow ? 1 : 0), min(256, validation?.rows ?? 0))
    if options.mixup == nil, options.noise == nil, epochs == nil, options.epochs != 1 {
      prefix = try FrozenPrefix(
        of: network, rows: data.rows + (validation?.rows ?? 0), limit: options.frozenPrefixBytes)
    }
    executor = Executor(prefix?.rest ?? network, capacity: capacity, team: team)
    executor.allocateGradients()
    executor.penaltySign = options.optimizer.maximizes ? -1 : 1
    targets = Targets(
      capacity: capacity, columns: network.outputCount,
      classWeights: try options.classWeights?.resolve(data, options.loss, outputs: network.outputCount))
    scorer = Scorer(options.loss, capacity: capacity, areLabels: data.hasLabelRows, team: team)
    mixup = options.mixup.map {
      Mixup(alpha: $0, seed: options.seed, capacity: capacity, network: network, team: team)
    }
    corruption = options.noise.map {
      Corruption($0, seed: options.seed, network: network, capacity: capacity, team: team)
    }
    updater = Updater(network, options: options, team: team)
    average = options.average.map { WeightAverage($0, network, team: team) }
    monitor = options.monitor ?? (validation == nil ? .loss : .validLoss)
    for monitor in [monitor, options.schedule.plateau?.monitor].compactMap(\.self) {
      try monitor.check(
        hasValidation: validation != nil,
        hasAccuracy: options.loss.answers.areClasses || data.hasClasses
          || data.hasLabelRows && options.loss.predictions == .independent)
    }
    state.gradientNorms = noGradientNorms
    try checkTotals()
  }

  /// The sums of gradient norms at the beginning of an epoch.
  var noGradientNorms: [Double] {
    options.reportsGradientNorms ? updater.names.map { _ in 0 } : []
  }

  // MARK: The run

  /// Whether numbers stopped being finite, so that the run failed.
  public private(set) var hasDiverged = false
  private var lastEpoch: Int { options.epochs.map { state.firstEpoch + $0 } ?? Int.max }
  /// The T of the schedule; 0 where nobody knows it, and the schedule does not ask.
  func total(ofEpochs epochs: Int?) -> Int {
    guard let epochs, !(options.schedule.countsSteps && rows.areWindow) else { return 0 }
    return options.schedule.countsSteps ? epochs * steps(ofRows: rows.data.rows) : epochs
  }
  /// How many steps an epoch of some rows has.
  private func steps(ofRows rows: Int) -> Int {
    (rows + batchSize - 1) / batchSize - (foldsLastRow && rows % batchSize == 1 ? 1 : 0)
  }

  /// What the loop asks and tells while it runs.
  public struct Hooks {
    /// Asked before each step: whether to stop here.
    public var shouldPause: () -> Bool = { false }
    /// Told after each step how far the run is.
    public var step: ((StepReport) -> Void)?
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
    guard try passFrozenLayers(hooks) else { return false }
    // An average's statistics are those of the rows that were trained on last.
    if state.isFinished { _ = try takeRows(ofEpoch: epochsDone - 1, hooks) }
    while !state.isFinished {
      guard state.epoch < lastEpoch, try takeRows(ofEpoch: epochsDone, hooks) else {
        if hooks.shouldPause(), state.epoch < lastEpoch { return false }
        state.isFinished = true
        break
      }
      guard try runEpoch(hooks) else { return false }
    }
    return true
  }

  /// Brings the data behind the frozen layers at the bottom; returns whether it was not told to pause meanwhile.
  private func passFrozenLayers(_ hooks: Hooks) throws(Failure) -> Bool {
    guard let prefix else { return true }
    let isWanted = { !hooks.shouldPause() }
    let data = try prefix.outputs(of: rows.data, team: team, while: isWanted)
    let validation = try validation.map { (rows) throws(Failure) in
      try prefix.outputs(of: rows, team: team, while: isWanted)
    }
    guard isWanted() else { return false }
    rows.replace(by: data)
    (self.validation, self.prefix) = (validation, nil)
    return true
  }

  /// Epochs of this run that are done.
  public var epochsDone: Int { state.epoch - state.firstEpoch }

  /// Gets the rows of an epoch of this run, from 0, that come next in it, where each has rows of its own; those before
  /// them are passed over. Returns whether there are any.
  private func takeRows(ofEpoch epoch: Int, _ hooks: Hooks) throws(Failure) -> Bool {
    do throws(Failure) {
      return try rows.take(epoch: epoch, after: state.position) { (data, place) throws(Failure) in
        do throws(Failure) {
          try Match(network, options.loss).check(data, "training data", isWindow: rows.areWindow, team: team)
          if foldsLastRow { try Trainer.checkStatistics(of: data) }
        } catch {
          throw rows.areWindow ? error.at(place) : error
        }
      }
    } catch {
      // Who interrupts a pipe interrupts the program before this one as well.
      if hooks.shouldPause() { return false }
      throw error
    }
  }

  private func runEpoch(_ hooks: Hooks) throws(Failure) -> Bool {
    var seconds = 0.0
    var scheduled = scheduled
    while true {
      rows.shuffle(epoch: state.epoch)
      positionAhead = nil
      while state.position < rows.end {
        if hooks.shouldPause() { return false }
        let start = Clock.seconds
        scheduled = self.scheduled
        let loss = try step(scheduled)
        seconds += Clock.seconds - start
        hooks.batch?(scheduled.learningRate, loss)
        hooks.step?(
          StepReport(
            epoch: state.epoch + 1, lastEpoch: options.epochs.map { state.firstEpoch + $0 }, rowsDone: state.position,
            rows: rows.areWindow ? nil : rows.end, train: scorer.score(of: state.tally)))
        if !isEpochOver { try hooks.mayCheckpoint(state.step, false) }
      }
      if rows.endEpoch { break }
      guard try takeRows(ofEpoch: epochsDone, hooks) else { return false }
    }
    try endEpoch(scheduled, seconds, hooks)
    return true
  }

  /// Whether all rows of the epoch are done.
  private var isEpochOver: Bool { rows.endEpoch && state.position == rows.end }

  private func endEpoch(_ scheduled: Schedule.Value, _ seconds: Double, _ hooks: Hooks) throws(Failure) {
    try checkParameters()
    let train = scorer.score(of: state.tally)
    state.epoch += 1
    average?.take(epoch: state.epoch - state.firstEpoch, endsEpoch: true, count: &state.averaged)
    var (valid, isBest): (Score?, Bool) = (nil, false)
    let isAsked = validation != nil || options.keepsBest
    onAverage(isAsked) {
      valid = validation.map { evaluate($0) }
      if let value = monitor.value(train: train, valid: valid) {
        isBest = state.judge(
          value, prefersHigher: monitor.prefersHigher, minimumImprovement: options.minimumImprovement)
      }
      if isBest, options.keepsBest { best = network.tensors }
    }
    observePlateau(train, valid)
    let penalties = network.parameters.filter { $0.parameter.isPenalised }
    let penalty = penalties.reduce(0) { $0 + $1.parameter.penalty } + (activityPenalty ?? 0)
    let report = EpochReport(
      epoch: state.epoch, step: state.step, learningRate: scheduled.learningRate,
      momentum: options.optimizer.followsMomentum ? scheduled.momentum : nil,
      train: train, penalty: penalties.isEmpty && activityPenalty == nil ? nil : penalty, valid: valid,
      gradientNorm: options.clipNorm == nil ? nil : state.largestGradientNorm, gradientNorms: meanGradientNorms,
      isBest: isBest, seconds: seconds)
    (state.position, state.tally, state.largestGradientNorm) = (0, Tally(), 0)
    for i in state.gradientNorms.indices { state.gradientNorms[i] = 0 }
    if let patience = options.patience, state.hasStalled(patience: patience) { state.isFinished = true }
    if state.epoch >= lastEpoch { state.isFinished = true }
    try hooks.epoch(report)
    try hooks.mayCheckpoint(state.step, true)
  }

  private func observePlateau(_ train: Score, _ valid: Score?) {
    guard let plateau = options.schedule.plateau else { return }
    let monitor = plateau.monitor ?? monitor
    guard let value = monitor.value(train: train, valid: valid) else { return }
    plateau.observe(value, prefersHigher: monitor.prefersHigher, base: options.learningRate, &state.plateau)
  }

  private var meanGradientNorms: [(name: String, norm: Double)]? {
    guard options.reportsGradientNorms else { return nil }
    let steps = Double(steps(ofRows: rows.end))
    return zip(updater.names, state.gradientNorms).map { ($0, $1 / steps) }
  }

  /// The learning rate and the momentum of the next step.
  private var scheduled: Schedule.Value {
    let schedule = options.schedule
    var value = schedule.value(
      base: options.learningRate,
      at: schedule.countsSteps ? state.step - state.firstStep : state.epoch - state.firstEpoch,
      of: total(ofEpochs: options.epochs))
    value.learningRate *= state.plateau.factor
    return value
  }

  // MARK: One step

  /// Rows in the batch that begins at a row of those in hand.
  private func batchRows(at position: Int) -> Int {
    let left = rows.data.rows - position
    return foldsLastRow && left == batchSize + 1 ? left : min(batchSize, left)
  }

  /// Trains on the next batch; returns its loss.
  private func step(_ scheduled: Schedule.Value) throws(Failure) -> Double {
    let start = state.position - self.rows.start
    let rows = batchRows(at: start)
    if positionAhead == start {
      executor.advanceInput()
      fillTargets(self.rows.data, rows, at: start, shuffled: options.shuffles)
    } else {
      gather(self.rows.data, rows, at: start, shuffled: options.shuffles)
    }
    mixup?.blend(executor.input, targets, rows: rows, step: state.step)
    corruption?.corrupt(executor.input, targets, 0..<rows, .training(step: state.step))
    let pass = Pass(
      .training, rows: rows, seed: UInt64(options.seed), step: UInt32(truncatingIfNeeded: state.step))
    forward(pass, gatheringFrom: start + rows)
    let tally = scorer.score(executor.output, targets, rows: rows, gradient: executor.outputGradient)
    guard tally.loss.isFinite else {
      let place = Divergence.place(executor.network, executor.input, pass, team).map { ": \($0)" } ?? ""
      throw divergence("the loss is \(tally.loss.isNaN ? "NaN" : "infinite")", step: state.step + 1, place)
    }
    state.tally += tally
    executor.backward(pass) { updater.use(ofGradient: $0, rate: scheduled.learningRate) }
    let norm = updater.step(scheduled)
    state.largestGradientNorm = max(state.largestGradientNorm, norm)
    average?.take(epoch: state.epoch - state.firstEpoch + 1, endsEpoch: false, count: &state.averaged)
    for i in state.gradientNorms.indices { state.gradientNorms[i] += updater.gradientNorms[i] }
    state.step += 1
    state.position += rows
    if isEpochOver { activityPenalty = executor.activityPenalty(rows: rows) }
    return scorer.score(of: tally).loss
  }

  /// Numbers stopped being finite: the steps were too large.
  private func divergence(_ sign: String, step: Int, _ place: String = "") -> Failure {
    hasDiverged = true
    return .failed(
      "training diverged: \(sign) in epoch \(state.epoch + 1), step \(step)\(place); "
        + "try a smaller --lr, or --clip-norm 1")
  }

  /// Fails when a parameter is not finite any more, which the loss of the next step would show, if there were one.
  func checkParameters() throws(Failure) {
    for (name, _, parameter) in network.parameters {
      guard kernels.isFinite(parameter.values.pointer, count: parameter.values.count) else {
        throw divergence("'\(name)' is not finite", step: state.step)
      }
    }
  }

  /// Runs the batch through the network; the rows of the next one, from `start` of those in hand, are gathered beside it.
  private func forward(_ pass: Pass, gatheringFrom start: Int) {
    let data = rows.data
    guard start < data.rows else {
      positionAhead = nil
      return executor.forward(pass)
    }
    let next = executor.nextInput
    rows.withOrder(options.shuffles) { order in
      executor.forward(pass, errands: gatherTiles(batchRows(at: start), data)) { tile in
        data.gather(tile.rows, at: start, order: order, into: next)
      }
    }
    positionAhead = start
  }

  private func gather(_ source: Dataset, _ rows: Int, at start: Int, shuffled: Bool) {
    positionAhead = nil
    let tiles = gatherTiles(rows, source)
    self.rows.withOrder(shuffled) { order in
      team.forEach(tiles.count) { t in source.gather(tiles[t].rows, at: start, order: order, into: executor.input) }
    }
    fillTargets(source, rows, at: start, shuffled: shuffled)
  }

  private func fillTargets(_ source: Dataset, _ rows: Int, at start: Int, shuffled: Bool) {
    self.rows.withOrder(shuffled) { order in source.fill(targets, rows: rows, at: start, order: order) }
  }

  /// The rows of a batch to be gathered, 8192 values or so in a tile.
  private func gatherTiles(_ rows: Int, _ source: Dataset) -> TileGrid {
    TileGrid(rows: rows, columns: 1, tileRows: max(1, 8192 / source.columns), tileColumns: 1)
  }

  /// Runs `body` with the averaged parameters in place, once there are any; otherwise with those that are trained.
  func onAverage(_ isAsked: Bool = true, _ body: () -> Void) {
    guard let average, state.averaged > 0, isAsked else { return body() }
    average.inPlace(pass: passOverData, body)
  }

  /// Runs the training data, in its own order, through the network in training mode.
  private func passOverData() {
    let data = rows.data
    var (start, batch) = (0, UInt32(0))
    while start < data.rows {
      let rows = batchRows(at: start)
      gather(data, rows, at: start, shuffled: false)
      executor.forward(Pass(.training, rows: rows, seed: UInt64(options.seed), step: batch))
      start += rows
      batch += 1
    }
  }

  private func evaluate(_ source: Dataset) -> Score {
    var (start, tally) = (0, Tally())
    while start < source.rows {
      let rows = min(executor.capacity, source.rows - start)
      gather(source, rows, at: start, shuffled: false)
      corruption?.corrupt(executor.input, targets, 0..<rows, .validation(firstRow: start))
      executor.forward(Pass(.inference, rows: rows))
      tally += scorer.score(executor.output, targets, rows: rows, gradient: nil)
      start += rows
    }
    return scorer.score(of: tally)
  }
}
