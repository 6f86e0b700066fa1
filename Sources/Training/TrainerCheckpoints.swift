import Networks
import Tensors

/// What a run leaves and is taken up from: checkpoints, results, the state that a model carries.
extension Trainer {
  /// Goes on from the state that a model carries, as a new run: its epochs and steps are counted further, its
  /// optimizer's moments are taken over. Another optimizer than the model's begins at its first step.
  public func continueTraining(from frame: Frame) throws(Failure) {
    let carried = try TrainingState(frame: frame)
    count(fromEpoch: carried.epoch, step: 0)
    let before = frame.metadata["nn.optimizer"].flatMap { try? Spec(parsing: $0) }
    guard before?.name == options.optimizer.spec.name else { return }
    (state.step, state.firstStep) = (carried.step, carried.step)
    try updater.load(frame)
  }

  /// Begins a run whose epochs and steps are counted on from others.
  func count(fromEpoch epoch: Int, step: Int) {
    state = TrainingState()
    state.gradientNorms = noGradientNorms
    (state.epoch, state.firstEpoch) = (epoch, epoch)
    (state.step, state.firstStep) = (step, step)
  }

  /// Whether anything has been done yet.
  public var hasBegun: Bool { state.epoch > state.firstEpoch || state.position > 0 }
  /// Epochs completed.
  public var epoch: Int { state.epoch }
  /// Steps taken.
  public var step: Int { state.step }

  /// A frame from which `resume` goes on exactly here.
  ///
  /// - Parameter identity: checksums of model and data at the beginning of the run.
  /// - Throws: when the parameters are not finite, since nothing could go on from there.
  public func checkpoint(identity: [(key: String, value: String)]) throws(Failure) -> Frame {
    try checkParameters()
    var frame = modelFrame
    frame.tensors.merge(updater.tensors) { $1 }
    frame.tensors.merge(state.tensors) { $1 }
    if let average, state.averaged > 0 { frame.tensors.merge(average.tensors) { $1 } }
    for (name, tensor) in best ?? [:] { frame.tensors["best." + name] = tensor }
    let run = (identity + options.fingerprint).map { ($0.key, JSON.string($0.value)) }
    frame.metadata["nn.run"] = JSON.object(run).text
    return frame
  }

  /// Takes up a run at its checkpoint; refuses one of other data, another model or other options, and says which. A run of
  /// fewer epochs is taken further where its rates were those of the longer run.
  public func resume(_ frame: Frame, identity: [(key: String, value: String)]) throws(Failure) {
    guard let text = frame.metadata["nn.run"], let run = try? JSON.parse(text) else {
      throw .input("\(frame.place): a model, but no checkpoint of a run")
    }
    let past = try TrainingState(frame: frame)
    let isLengthened = run["epochs"]?.string.flatMap(Int.init).map { isLonger(than: $0, past) } ?? false
    for (key, value) in identity + options.fingerprint {
      let before = run[key]?.string ?? "unknown"
      guard before == value || key == "epochs" && isLengthened else {
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
    state = past
    if isLengthened { state.isFinished = options.patience.map { state.hasStalled(patience: $0) } ?? false }
    guard !rows.areForAllEpochs || state.position < rows.end else {
      throw .input("\(frame.place): 'state.position' is beyond the data")
    }
    guard state.gradientNorms.count == noGradientNorms.count else {
      throw .input("\(frame.place): 'state.gradient_norms' is not of the parameters that are trained")
    }
    try updater.load(frame)
    if state.averaged > 0 { try average?.load(frame) }
    best = kept.isEmpty ? nil : kept
  }

  /// Whether this run has more epochs than another had, and the same rates in all steps that were done. One that is a part of
  /// a larger run, with fingerprints of that, has parts before it that would have needed more epochs as well.
  private func isLonger(than epochs: Int, _ past: TrainingState) -> Bool {
    guard let wanted = options.epochs, epochs < wanted, options.others.isEmpty else { return false }
    let schedule = options.schedule
    let done =
      schedule.countsSteps ? past.step - past.firstStep : past.epoch - past.firstEpoch + (past.position > 0 ? 1 : 0)
    return (0..<max(done, 0)).allSatisfy { t in
      schedule.value(base: options.learningRate, at: t, of: total(ofEpochs: epochs))
        == schedule.value(base: options.learningRate, at: t, of: total(ofEpochs: wanted))
    }
  }

  /// The trained model: the last parameters with the optimizer's state; or the averaged ones, or those of the best
  /// epoch, which no state goes with.
  public func result() throws(Failure) -> Frame {
    try checkParameters()
    var frame = modelFrame
    if options.keepsBest, let best {
      frame.tensors = best
    } else if average != nil, state.averaged > 0 {
      onAverage { frame.tensors = network.tensors }
    } else {
      frame.tensors.merge(updater.tensors) { $1 }
      frame.tensors.merge(state.continuation) { $1 }
    }
    return frame
  }

  /// The network as it is, and how it is trained: a checkpoint predicts as a result does.
  private var modelFrame: Frame {
    var frame = network.frame()
    frame.metadata[Metadata.loss] = options.loss.spec.description
    frame.metadata["nn.optimizer"] = options.optimizer.spec.description
    return frame
  }
}
