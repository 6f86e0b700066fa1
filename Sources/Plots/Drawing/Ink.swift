/// What a colour is for; a canvas decides which colour that is.
public enum Ink: Hashable, Sendable {
  /// Text and what is as strong.
  case plain
  /// The text of titles.
  case strong
  /// Axes, and text that is less important.
  case muted
  /// One of several things that are told apart, from 0; they repeat after `Ink.count`.
  case series(Int)
  /// Text over a strong fill.
  case inverse

  /// How many series have a colour of their own.
  public static let count = 7
}

/// How a line is drawn.
public struct LineStyle: Equatable, Sendable {
  /// Its colour.
  public var ink: Ink
  /// Whether it has gaps.
  public var isDashed: Bool

  /// A style.
  public init(_ ink: Ink, dashed: Bool = false) {
    self.ink = ink
    isDashed = dashed
  }
}

/// Which part of a text stands at its place.
public enum Anchor: Sendable { case start, middle, end }
