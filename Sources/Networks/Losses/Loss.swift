import Kernels
import Tensors

/// A loss: a number for each row, and its gradient with respect to the network's output.
///
/// The loss of a batch is the sum over its rows, with the reduction `mean` divided by `terms`. Each row's loss is
/// multiplied by the row's own factor (the data's `weight`), which does not enter `terms`.
public protocol Loss: Sendable {
  /// The spec it was made from.
  var spec: Spec { get }
  /// Whether the loss of many rows is their mean or their sum.
  var reduction: Reduction { get }
  /// What the answers of the data have to be.
  var answers: AnswerForm { get }
  /// What the network's outputs have to be.
  var outputs: OutputForm { get }
  /// The class whose rows are left out; nil for none.
  var ignoredClass: Int? { get }
  /// Over how many terms the mean of the first `rows` rows runs: the rows, or their numbers, or, as in PyTorch, the sum
  /// of their classes' weights.
  func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double
  /// The loss of each row of a range, summed over its terms, into `losses` [row]; and, into `gradient`,
  /// ∂(loss·scale)/∂output.
  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>)
  /// The loss of one row, summed over its terms and without the row's weight, of outputs in Float64 and in plain loops:
  /// what gradients are checked against.
  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double
  /// Turns outputs into what `nn-predict` writes (probabilities for classes), in place.
  func predict(_ output: Matrix, rows: Range<Int>)
}

extension Loss {
  /// None, for most losses.
  public var ignoredClass: Int? { nil }

  /// The rows, for most losses of whole rows.
  public func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double { Double(rows) }

  /// What predictions are.
  public var predictions: PredictionForm {
    switch (outputs, answers) {
    case (.numbers, _): .numbers
    case (_, .classes), (_, .classesOrShares): .alternatives
    default: .independent
    }
  }

  /// Above which output one of two classes is meant, where a single output chooses; nil for numbers.
  public var limitOfYes: Float? {
    switch outputs {
    case .logits: 0
    case .probabilities: 0.5
    case .numbers, .logProbabilities: nil
    }
  }

  /// The loss of rows whose losses sum to `sum`; 0 for a mean over no terms.
  public func reduced(_ sum: Double, terms: Double) -> Double { sum * factor(terms: terms) }

  /// What a sum of losses, or of gradients, is multiplied by.
  public func factor(terms: Double) -> Double {
    switch reduction {
    case .sum: 1
    case .mean: terms > 0 ? 1 / terms : 0
    }
  }
}

/// What becomes of the losses of many rows.
public enum Reduction: String, CaseIterable, Sendable {
  /// Their sum, divided by the number of terms.
  case mean
  /// Their sum.
  case sum
}

/// The answers a loss compares outputs with.
public enum AnswerForm: Sendable {
  /// A class id for each row, below the number of outputs.
  case classes
  /// A class id for each row, or the probability of each class, which sum to 1.
  case classesOrShares
  /// A number for each output.
  case numbers
  /// A number from 0 to 1 for each output.
  case shares
  /// −1 or 1, or else 0 or 1, for each output.
  case signs
}

extension AnswerForm {
  /// Whether answers are, or may be, the ids of any number of classes.
  public var areClasses: Bool {
    switch self {
    case .classes, .classesOrShares: true
    case .numbers, .shares, .signs: false
    }
  }
}

/// The outputs a loss takes.
public enum OutputForm: Sendable {
  /// Any numbers: they are the predictions.
  case numbers
  /// Any numbers, of which the loss, or a prediction, makes probabilities.
  case logits
  /// Logarithms of probabilities that sum to 1.
  case logProbabilities
  /// Probabilities, each for itself.
  case probabilities
}

/// What predictions are.
public enum PredictionForm: Sendable {
  /// Plain outputs (`output`).
  case numbers
  /// Probabilities of one choice among classes, which sum to 1 (`p`).
  case alternatives
  /// Probabilities of yes, each against no (`p`).
  case independent
}

extension SpecReader {
  /// The key that every loss has.
  mutating func reduction() throws(Failure) -> Reduction {
    guard let text = try text("reduction") else { return .mean }
    guard let reduction = Reduction(rawValue: text) else { throw failure("reduction '\(text)': mean or sum is due") }
    return reduction
  }

  /// A class id that is left out; nil when there is none.
  mutating func ignoredClass() throws(Failure) -> Int? {
    let id = try integer("ignore", in: 0...Int(Int32.max), default: -1)
    return id < 0 ? nil : id
  }
}
