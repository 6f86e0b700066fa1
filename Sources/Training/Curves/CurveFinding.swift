import Tensors

/// One thing that the curves of a run say, and what to try.
public struct CurveFinding: Equatable, Sendable {
  /// What was found, a word for programs.
  public enum Kind: String, CaseIterable, Sendable {
    /// The loss stopped being a number.
    case notFinite = "not_finite"
    /// The loss ends above where it began.
    case diverges
    /// The loss does not fall at all.
    case flat
    /// The loss falls only after some epochs.
    case lateStart = "late_start"
    /// The loss goes up and down.
    case noisy
    /// The gradient's norm has peaks.
    case gradientPeaks = "gradient_peaks"
    /// The validation loss rises while the training loss falls.
    case overfit
    /// Training rows are predicted much better than others, and the validation loss does not rise.
    case gap
    /// Both losses have stopped together, and not at a good value.
    case underfit
    /// The loss fell, and stopped at one rate.
    case plateau
    /// The loss still falls at the end.
    case unfinished
    /// Too few epochs to say anything.
    case tooShort = "too_short"
    /// None of these.
    case healthy
  }

  /// What was found.
  public var kind: Kind
  /// What the curves show, a sentence.
  public var text: String
  /// What to try, a sentence.
  public var advice: String

  init(_ kind: Kind, _ text: String, _ advice: String) {
    self.kind = kind
    self.text = text
    self.advice = advice
  }

  /// `kind`, `text`, `advice`.
  public var json: JSON {
    .object([("kind", .string(kind.rawValue)), ("text", .string(text)), ("advice", .string(advice))])
  }
}
