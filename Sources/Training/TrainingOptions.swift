import Networks
import Tensors

/// Everything about a training run that changes its result.
public struct TrainingOptions: Sendable {
  /// Passes over the data; nil is as many as the data has rows for.
  public var epochs: Int? = 10
  /// Rows a step; nil is all of them (batch gradient descent).
  public var batchSize: Int? = 32
  /// The rule that moves the parameters.
  public var optimizer: any Optimizer
  /// The learning rate before the schedule.
  public var learningRate: Double
  /// How the learning rate moves.
  public var schedule: Schedule
  /// What is minimised.
  public var loss: any Loss
  /// How much the classes count in the loss; nil when all count the same.
  public var classWeights: ClassWeights?
  /// The parameter of the Beta distribution by which rows of a batch are blended; nil for none.
  public var mixup: Double?
  /// What is done to the inputs of rows that are to be given back; nil for nothing.
  public var noise: InputNoise?
  /// Coupled (or with adamw and lion decoupled) decay of weights.
  public var weightDecay = 0.0
  /// Whether biases and norm parameters are decayed too.
  public var decaysAll = false
  /// Whether the l1 penalties act by a proximal step after the optimizer's, w ← sign(w)·max(|w| − rate·l1, 0), which
  /// makes exact zeros, and not by their gradient.
  public var isProximal = false
  /// Largest global norm of the gradient; nil is no limit.
  public var clipNorm: Double?
  /// Largest norm of the gradient of each parameter by itself; nil is no limit.
  public var clipTensorNorm: Double?
  /// Largest absolute value in the gradient; nil is no limit.
  public var clipValue: Double?
  /// Whether the report of an epoch has the norm of each parameter's gradient.
  public var reportsGradientNorms = false
  /// Whether rows come in a new random order each epoch.
  public var shuffles = true
  /// Rows that are shuffled with each other, whole batches of them; nil is all of an epoch's.
  public var window: Int?
  /// What the result is averaged over; nil is the parameters of one moment.
  public var average: Average?
  /// What an epoch is judged by; nil is the loss on the validation data, or without it on the training data.
  public var monitor: Monitor?
  /// Epochs without improvement after which to stop; nil trains to the end.
  public var patience: Int?
  /// How much better counts as an improvement.
  public var minimumImprovement = 0.0
  /// Whether the parameters of the best epoch are kept instead of the last.
  public var keepsBest = false
  /// The key of all random numbers.
  public var seed = 0
  /// Bytes that the outputs of frozen layers at the bottom may take, which are then run once (see `FrozenPrefix`).
  public var frozenPrefixBytes = 1 << 30
  /// What else makes the run what it is, by the names of options.
  public var others: [(key: String, value: String)] = []

  /// Options with the defaults of the manual.
  public init(optimizer: any Optimizer, learningRate: Double, schedule: Schedule, loss: any Loss) {
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.loss = loss
  }

  /// Whether the norms of the parameters' gradients are wanted in each step.
  var needsNorms: Bool { clipNorm != nil || clipTensorNorm != nil || reportsGradientNorms }

  /// Whether plain gradient descent can be taken inside the product that makes the gradient: nobody looks at the
  /// gradient in between, and only weights are decayed.
  var mayDescendDirectly: Bool {
    optimizer.isPlainDescent && !needsNorms && clipValue == nil && !(decaysAll && weightDecay > 0)
  }

  /// What a checkpoint remembers, to refuse a run that would not continue it; keys are the options' names.
  var fingerprint: [(key: String, value: String)] {
    [
      ("epochs", epochs.map(String.init) ?? "those of the stream"), ("batch-size", batchSize.map(String.init) ?? "all"),
      ("optimizer", optimizer.spec.description), ("lr", "\(learningRate)"), ("schedule", schedule.identity),
      ("loss", loss.spec.description), ("class-weight", classWeights?.description ?? "no"),
      ("mixup", mixup.map { "\($0)" } ?? "no"), ("weight-decay", "\(weightDecay)"),
      ("decay-all", decaysAll ? "yes" : "no"), ("proximal", isProximal ? "yes" : "no"),
      ("clip-norm", clipNorm.map { "\($0)" } ?? "no"),
      ("clip-tensor-norm", clipTensorNorm.map { "\($0)" } ?? "no"),
      ("clip-value", clipValue.map { "\($0)" } ?? "no"), ("shuffle", shuffles ? "yes" : "no"),
      ("window", window.map(String.init) ?? "no"),
      ("early-stop", patience.map { "\($0),min_delta=\(Numbers.text(minimumImprovement))" } ?? "no"),
      ("keep", keepsBest ? "best" : "last"),
      ("log-gradients", reportsGradientNorms ? "yes" : "no"), ("average", average?.spec.description ?? "no"),
      ("monitor", monitor?.rawValue ?? "default"), ("seed", "\(seed)"),
    ] + others
  }
}

/// How well a pass over data went.
public struct Score: Equatable, Sendable {
  /// The mean loss.
  public var loss: Double
  /// The share of rows whose largest output is their class; nil without classes.
  public var accuracy: Double?
}

/// How far a run is after a step, for the progress line.
public struct StepReport: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// The last epoch; nil where the data tells.
  public var lastEpoch: Int?
  /// Rows of the epoch that are done.
  public var rowsDone: Int
  /// Rows of the epoch; nil where nobody knows before its end.
  public var rows: Int?
  /// On these rows as they were trained on.
  public var train: Score
}

/// What an epoch came to, for the log and the progress line.
public struct EpochReport: Sendable {
  /// The epoch's number, from 1.
  public var epoch: Int
  /// Steps taken since training began.
  public var step: Int
  /// The learning rate of its last step.
  public var learningRate: Double
  /// The momentum of its last step, when the schedule gives one.
  public var momentum: Double?
  /// On the rows as they were trained on.
  public var train: Score
  /// The penalty terms at the end of the epoch, those on activations of its last batch; nil when there are none.
  public var penalty: Double?
  /// On the validation data, after the epoch; with the averaged parameters, once there are any.
  public var valid: Score?
  /// Largest global norm of the gradient before clipping; nil when nothing is clipped.
  public var gradientNorm: Double?
  /// For each trained parameter the mean over the epoch's steps of its gradient's norm before clipping; nil when nobody
  /// asked.
  public var gradientNorms: [(name: String, norm: Double)]?
  /// Whether it is the best so far.
  public var isBest: Bool
  /// Seconds that its steps took, without validation and checkpoints.
  public var seconds: Double
}
