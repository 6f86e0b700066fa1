/// Words beside a place of a plot, on the side where there is room.
struct Note {
  /// Where they begin, or end.
  let x: Double
  /// Which of the two.
  let anchor: Anchor
  /// From where to where they reach.
  let span: ClosedRange<Double>

  init(_ text: String, beside place: Double, _ plot: Box, on canvas: some Canvas) {
    let (letter, width) = (canvas.letter.width, canvas.width(of: text))
    let fits = place + letter * 1.5 + width <= plot.right
    x = place + (fits ? letter : -letter)
    anchor = fits ? .start : .end
    span = fits ? x...x + width : x - width...x
  }
}

/// The lines of words at the top of upright rules: words that would cover others go a line down.
struct RuleNotes {
  private let plot: Box
  /// What is taken of each line.
  private var lines: [[ClosedRange<Double>]] = []

  init(_ plot: Box) { self.plot = plot }

  /// The height at which a note has room; nil when it has none in the upper half.
  mutating func place(_ note: Note, on canvas: some Canvas) -> Double? {
    let gap = canvas.letter.width
    let free = lines.firstIndex { line in
      line.allSatisfy { $0.upperBound + gap < note.span.lowerBound || note.span.upperBound + gap < $0.lowerBound }
    }
    let line = free ?? lines.count
    guard line == 0 || Double(line + 1) * canvas.letter.height <= plot.height / 2 else { return nil }
    if line == lines.count { lines.append([]) }
    lines[line].append(note.span)
    return plot.top + (Double(line) + 0.5) * canvas.letter.height
  }
}
