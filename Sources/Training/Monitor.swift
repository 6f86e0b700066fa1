import Tensors

/// A figure of the log that a run is judged by: for early stopping, the best epoch, and `plateau`.
public enum Monitor: String, CaseIterable, Sendable {
  /// The loss on the rows as they were trained on.
  case loss
  /// The accuracy on the rows as they were trained on.
  case accuracy
  /// The loss on the validation data.
  case validLoss = "valid_loss"
  /// The accuracy on the validation data.
  case validAccuracy = "valid_accuracy"

  /// The monitor of a name; the failure names the nearest one.
  public init(parsing text: String) throws(Failure) {
    guard let monitor = Monitor(rawValue: text) else {
      throw .usage(Nearest.unknown(text, "monitor", among: Monitor.names))
    }
    self = monitor
  }

  /// The names, as in the log.
  public static var names: [String] { allCases.map(\.rawValue) }

  /// Whether higher is better.
  public var prefersHigher: Bool { self == .accuracy || self == .validAccuracy }

  /// Its value after an epoch; nil when the run has no such figure.
  func value(train: Score, valid: Score?) -> Double? {
    switch self {
    case .loss: train.loss
    case .accuracy: train.accuracy
    case .validLoss: valid?.loss
    case .validAccuracy: valid?.accuracy
    }
  }

  /// Fails when a run has no such figure.
  func check(hasValidation: Bool, hasAccuracy: Bool) throws(Failure) {
    if self == .validLoss || self == .validAccuracy, !hasValidation {
      throw .usage("monitor \(rawValue): no validation data; --valid FILE gives it")
    }
    if prefersHigher, !hasAccuracy { throw .usage("monitor \(rawValue): the loss takes no classes") }
  }
}
