import Networks
import Tensors

/// Whether the model can learn a few rows by heart: one that cannot is too small or wired wrongly, or the rows' answers
/// contradict each other.
///
/// Dropout, penalties and largest norms are off, which are there to prevent just that. The rows are learnt when all are
/// right in the course of an epoch; of losses without classes, when the loss is a twentieth of what a model has that
/// knows nothing.
public struct Overfit: CheckResult {
  /// See `CheckResult`.
  public static let title = "overfit"
  /// The share of the loss of a model that knows nothing at which values are learnt.
  public static let lossShare = 0.05

  /// How the rows are trained on.
  public struct Options: Sendable {
    /// How many rows to learn, at most.
    public var rows: Int
    /// Steps after which to give up.
    public var steps = 2000
    /// Rows a step.
    public var batchSize = 32
    /// The rule of the steps.
    public var optimizer: any Optimizer
    /// The learning rate.
    public var learningRate: Double

    /// Options with the defaults of the manual.
    public init(rows: Int, optimizer: any Optimizer, learningRate: Double) {
      self.rows = rows
      self.optimizer = optimizer
      self.learningRate = learningRate
    }
  }

  /// Rows to learn.
  public let rows: Int
  /// Steps taken.
  public let steps: Int
  /// The score of the last epoch; nil when none was finished.
  public let score: Score?
  /// Whether the rows are learnt.
  public let isLearnt: Bool
  /// How training ended early, in words.
  private let trouble: String?
  private let options: Options

  /// Runs the check. The model is trained in memory only.
  public init(_ subject: CheckSubject, options: Options) throws(Failure) {
    self.options = options
    let data = subject.sample(options.rows)
    rows = data.rows
    let goal = Overfit.lossShare * (try InitialLoss(subject).expected)
    var training = TrainingOptions(
      optimizer: options.optimizer, learningRate: options.learningRate, schedule: .constant, loss: subject.loss)
    training.batchSize = min(options.batchSize, rows)
    training.epochs = options.steps  // more than enough: an epoch has a step or more
    training.seed = subject.seed
    let trainer = try Trainer(
      try subject.unregularizedNetwork(), options: training, data: data, validation: nil, team: subject.team)
    var (steps, score, isLearnt): (Int, Score?, Bool) = (0, nil, false)
    var hooks = Trainer.Hooks()
    hooks.batch = { _, _ in steps += 1 }
    hooks.shouldPause = { isLearnt || steps >= options.steps }
    hooks.epoch = { report throws(Failure) in
      score = report.train
      isLearnt = report.train.accuracy.map { $0 == 1 } ?? (report.train.loss <= goal)
    }
    var trouble: String?
    do throws(Failure) { _ = try trainer.run(hooks) } catch {
      guard error.status == .failed else { throw error }
      trouble = error.message
    }
    (self.steps, self.score, self.isLearnt, self.trouble) = (steps, score, isLearnt, trouble)
  }

  /// See `CheckResult`.
  public var remarks: [CheckRemark] {
    if isLearnt { return [] }
    if let trouble { return [.failure("\(trouble).")] }
    return [
      .failure(
        "A model that works learns so few rows: more --steps, another --lr, more neurons, or a look at the answers.")
    ]
  }

  /// See `CheckResult`.
  public var text: String {
    var line = "\(rows) rows \(isLearnt ? "learnt" : "not learnt") in \(steps) steps of \(options.optimizer.spec)"
    line += " at \(Numbers.text(options.learningRate))"
    guard let score else { return line }
    if let accuracy = score.accuracy { line += "; accuracy \(Figures.short(accuracy))" }
    return line + "; loss \(Figures.short(score.loss))"
  }

  /// See `CheckResult`.
  public var json: [(key: String, value: JSON)] {
    [
      ("rows", .number(rows)), ("steps", .number(steps)), ("loss", score.map { .number($0.loss) } ?? .null),
      ("accuracy", score?.accuracy.map { .number($0) } ?? .null),
    ]
  }
}
