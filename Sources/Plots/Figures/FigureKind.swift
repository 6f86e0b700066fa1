import Tensors

/// The figures that can be drawn.
public enum FigureKind: String, CaseIterable, Sendable {
  /// Learning curves, of logs of nn-train.
  case curves
  /// A learning-rate range test, of logs of nn-check.
  case rateRange = "lr-range"
  /// Activations layer by layer, of reports of nn-check.
  case activations
  /// A confusion matrix, of predicted classes.
  case confusion
  /// How often predictions are right against how sure they are.
  case reliability
  /// How uncertain predictions are.
  case entropy
  /// Predicted values against true ones.
  case targets
  /// The variances along principal axes.
  case spectrum
  /// Rows of data in two dimensions.
  case scatter

  /// Whether it is made of text in JSON, not of frames.
  public var isOfLogs: Bool { [.curves, .rateRange, .activations].contains(self) }

  /// What a log of it is about, in a message: "a log of …".
  public var subject: String {
    switch self {
    case .rateRange: "a range test"
    case .activations: "activations"
    default: "learning curves"
    }
  }

  /// The figure that a frame is drawn as unless another is asked for.
  ///
  /// - Throws: an input failure when nothing can be drawn of it.
  public init(for frame: Frame) throws(Failure) {
    switch frame.kind {
    case .data: self = .scatter
    case .prep, .model: self = .spectrum
    case .prediction, nil:
      guard frame.kind != nil || frame.tensors["p"] != nil || frame.tensors["output"] != nil else {
        throw .input("\(frame.place): holds \(frame.phrase), of which nothing is drawn")
      }
      self = frame.tensors["p"] == nil ? .targets : frame.tensors["y"] == nil ? .entropy : .confusion
    }
  }

  /// What collects frames for this figure; nil when it is made of logs.
  public func collector() -> (any FrameFigure)? {
    switch self {
    case .confusion: ConfusionFigure()
    case .reliability: ReliabilityFigure()
    case .entropy: EntropyFigure()
    case .targets: TargetsFigure()
    case .spectrum: SpectrumFigure()
    case .scatter: ScatterFigure()
    case .curves, .rateRange, .activations: nil
    }
  }
}

/// A figure that is made of frames, one after the other.
public protocol FrameFigure {
  /// Takes a frame in.
  mutating func add(_ frame: Frame) throws(Failure)
  /// Draws what was taken in.
  func figure() throws(Failure) -> Figure
}
