/// Something to draw on: a terminal, whose unit is a character, or an SVG file, whose unit is a pixel.
///
/// Layout is made once for both, in units of `letter`; positions that it rounds are whole units.
public protocol Canvas {
  /// The whole canvas.
  var size: Extent { get }
  /// The room that a character of text takes, at most, and the height of a line.
  var letter: Extent { get }
  /// The room between a plot and the text at its axes.
  var axisGap: Extent { get }
  /// What is nearer than this cannot be told apart.
  var resolution: Extent { get }
  /// Whether areas can be filled more or less strongly below text.
  var shades: Bool { get }

  /// The width that a text takes.
  func width(of text: String) -> Double
  /// A line through some points.
  mutating func line(_ points: [Point], _ style: LineStyle)
  /// The area between two lines that have the same number of points, lightly filled.
  mutating func band(_ lower: [Point], _ upper: [Point], _ ink: Ink)
  /// A dot at each of some points.
  mutating func dots(_ points: [Point], _ ink: Ink)
  /// One mark that stands out.
  mutating func mark(_ point: Point, _ ink: Ink)
  /// A filled box, from 0 (invisible) to 1.
  mutating func fill(_ box: Box, _ ink: Ink, strength: Double)
  /// The axes to the left of a box and below, with ticks at some places, and lines across for the eye.
  mutating func axes(_ box: Box, ticks: (x: [Double], y: [Double]))
  /// The name of what is drawn there, to be read on top of it.
  mutating func name(_ text: String, at point: Point)
  /// Text, its middle at the point's height.
  mutating func text(_ text: String, at point: Point, _ anchor: Anchor, _ ink: Ink)
}

extension Canvas {
  /// The text, cut where it is wider than it may be.
  func fitted(_ text: String, width limit: Double) -> String {
    if width(of: text) <= limit { return text }
    var cut = text
    while !cut.isEmpty, width(of: cut + "…") > limit { cut.removeLast() }
    return cut.isEmpty ? "" : cut + "…"
  }

  /// The text, cut in its middle where it is wider than it may be, since names often differ at their ends; with room for a
  /// few letters alone, at its end.
  func shortened(_ text: String, width limit: Double) -> String {
    guard limit >= 12 * letter.width else { return fitted(text, width: limit) }
    var (head, tail) = (text.prefix((text.count + 1) / 2), text.suffix(text.count / 2))
    if width(of: text) <= limit { return text }
    while !head.isEmpty, width(of: head + "…" + tail) > limit {
      if head.count > tail.count { head.removeLast() } else { tail.removeFirst() }
    }
    return head.isEmpty ? "" : head + "…" + tail
  }
}
