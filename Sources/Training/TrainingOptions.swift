import Networks
import Tensors

/// Everything about a training run that changes its result.
public struct TrainingOptions: Sendable {
  /// Passes over the data.
  public var epochs = 10
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
  /// Coupled (or with adamw decoupled) decay of weights; biases and norm parameters are left alone.
  public var weightDecay = 0.0
  /// Largest global norm of the gradient; nil is no limit.
  public var clipNorm: Double?
  /// Largest absolute value in the gradient; nil is no limit.
  public var clipValue: Double?
  /// Whether rows come in a new random order each epoch.
  public var shuffles = true
  /// Epochs without improvement after which to stop; nil trains to the end.
  public var patience: Int?
  /// How much better counts as an improvement.
  public var minimumImprovement = 0.0
  /// Whether the parameters of the best epoch are kept instead of the last.
  public var keepsBest = false
  /// The key of all random numbers.
  public var seed = 0

  /// Options with the defaults of the manual.
  public init(optimizer: any Optimizer, learningRate: Double, schedule: Schedule, loss: any Loss) {
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.loss = loss
  }

  /// What a checkpoint remembers, to refuse a run that would not continue it; keys are the options' names.
  var fingerprint: [(key: String, value: String)] {
    [
      ("epochs", "\(epochs)"), ("batch-size", batchSize.map(String.init) ?? "all"),
      ("optimizer", optimizer.spec.description), ("lr", "\(learningRate)"), ("schedule", schedule.spec.description),
      ("loss", loss.spec.description), ("weight-decay", "\(weightDecay)"),
      ("clip-norm", clipNorm.map { "\($0)" } ?? "no"),
      ("clip-value", clipValue.map { "\($0)" } ?? "no"), ("shuffle", shuffles ? "yes" : "no"),
      ("early-stop", patience.map { "\($0),min_delta=\(Numbers.text(minimumImprovement))" } ?? "no"),
      ("keep", keepsBest ? "best" : "last"),
      ("seed", "\(seed)"),
    ]
  }
}

/// How well a pass over data went.
public struct Score: Equatable, Sendable {
  /// The mean loss.
  public var loss: Double
  /// The share of rows whose largest output is their class; nil without classes.
  public var accuracy: Double?
}

/// What an epoch came to, for the log and the progress line.
public struct EpochReport: Sendable {
  /// The epoch's number, from 1.
  public var epoch: Int
  /// Steps taken since training began.
  public var step: Int
  /// The learning rate of its last step.
  public var learningRate: Double
  /// On the rows as they were trained on.
  public var train: Score
  /// The penalty terms at the end of the epoch, those on activations of its last batch; nil when there are none.
  public var penalty: Double?
  /// On the validation data, after the epoch.
  public var valid: Score?
  /// Largest global norm of the gradient before clipping; nil when nothing is clipped.
  public var gradientNorm: Double?
  /// Whether it is the best so far.
  public var isBest: Bool
  /// Seconds that its steps took, without validation and checkpoints.
  public var seconds: Double
}
