import CommandLine
import Networks
import Tensors
import Training
import TrainingInput
import TrainingSession

extension Train.Options {
  /// Fails on what one option alone cannot see.
  func check(_ operands: [String]) throws(Failure) {
    if valid == "-", FrameInput.readsStandardInput(operands) {
      throw .usage("--valid -: standard input is read for the operands")
    }
    try session.check(inputs: operands + [valid].compactMap(\.self), output: common.output)
    if logsGradients, session.log == nil { throw .usage("--log-gradients needs --log FILE") }
    if decaysAll, weightDecay == 0 { throw .usage("--decay-all needs --weight-decay X") }
    if mixup != nil, batchSize.rows == 1 {
      throw .usage("--mixup blends rows of a batch: two or more are due, by --batch-size")
    }
    if batchSize.rows == nil, isStream || window != nil {
      throw .usage(
        "--\(isStream ? "stream" : "window") does not go with --batch-size all, which takes all rows in a step")
    }
    if window != nil, !shuffles, !isStream {
      throw .usage("--window says which rows are shuffled with each other, and --no-shuffle that none are")
    }
  }

  /// Fails on an option that the model has no use for.
  func check(_ network: Network) throws(Failure) {
    if isProximal, !network.parameters.contains(where: { $0.parameter.isTrainable && $0.parameter.l1 > 0 }) {
      throw .usage("--proximal takes the steps of penalties l1, and no layer that is trained has one: nn-init --l1 X")
    }
  }

  /// How a stream is gone through; nil holds all rows of an epoch.
  var streamRules: StreamRules? { isStream ? StreamRules(window: shuffleWindow, epochs: epochs) : nil }

  private var shuffleWindow: Window { Window(rows: window, batchSize: batchSize.rows ?? 1) }

  /// The options of the run, with defaults that depend on the data and the optimizer.
  func training(for material: Material, _ schedule: Schedule) throws(Failure) -> TrainingOptions {
    try check(material.network)
    let kind = try OptimizerKind.named(optimizer.name)
    let defaultLoss = try material.defaultLoss()
    var training = TrainingOptions(
      optimizer: try kind.make(optimizer), learningRate: learningRate ?? kind.defaultLearningRate,
      schedule: schedule, loss: loss ?? defaultLoss)
    training.classWeights = classWeights
    training.mixup = mixup
    if let epochs = epochs ?? material.epochCount {
      training.epochs = epochs
    } else if isStream {
      training.epochs = nil
    }
    if let average, let epochs = training.epochs, average.firstEpoch > epochs {
      throw .usage("--average \(average.spec): the run has \(epochs) epochs")
    }
    training.batchSize = batchSize.rows
    training.weightDecay = weightDecay
    training.decaysAll = decaysAll
    training.isProximal = isProximal
    training.clipNorm = clipNorm
    training.clipTensorNorm = clipTensorNorm
    training.reportsGradientNorms = logsGradients
    training.clipValue = clipValue
    training.shuffles = shuffles
    training.window = window == nil ? material.window : shuffleWindow.count(columns: material.network.inputCount)
    training.average = average
    training.monitor = monitor
    training.patience = earlyStop?.patience
    training.minimumImprovement = earlyStop?.minimumImprovement ?? 0
    training.keepsBest = keep == .best
    training.seed = common.seed
    return training
  }
}
