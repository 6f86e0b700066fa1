/// What the colours and lines of a figure stand for.
public struct LegendEntry: Equatable, Sendable {
  /// How the entry is drawn.
  public enum Sample: Equatable, Sendable {
    case line(LineStyle)
    case dot(Ink)
  }

  /// The name.
  public var name: String
  /// How it is drawn.
  public var sample: Sample

  /// An entry.
  public init(_ name: String, _ sample: Sample) {
    self.name = name
    self.sample = sample
  }
}

/// The entries in rows as wide as the canvas; those for which there is no room are counted, if the count has room.
struct Legend {
  /// No name is wider than this many characters.
  static let longestName = 32.0
  private static let sampleLetters = 3.0

  private struct Placed {
    var entry: LegendEntry?
    var text: String
    var x: Double
    var row: Int
  }
  private var placed: [Placed] = []
  private(set) var rows = 0

  /// Lays entries out in at most some rows of a width.
  init(_ entries: [LegendEntry], on canvas: some Canvas, width: Double, maximumRows: Int) {
    guard maximumRows > 0 else { return }
    let letter = canvas.letter.width
    var x = 0.0
    for (i, entry) in entries.enumerated() {
      let text = canvas.fitted(entry.name, width: min(Legend.longestName * letter, width - 6 * letter))
      let needed = (Legend.sampleLetters + 3) * letter + canvas.width(of: text)
      if x > 0, x + needed - 2 * letter > width { (x, rows) = (0, rows + 1) }
      if rows >= maximumRows {
        // The place of what is left out is after what is there in the last row, whose first name stays in any case.
        func more() -> String { "… and \(entries.count - placed.count) more" }
        func fits() -> Bool { lastEnd(canvas) + canvas.width(of: more()) <= width }
        while !fits(), let last = placed.last, last.x > 0 { placed.removeLast() }
        if fits() { placed.append(Placed(entry: nil, text: more(), x: lastEnd(canvas), row: maximumRows - 1)) }
        rows = maximumRows
        return
      }
      placed.append(Placed(entry: entry, text: text, x: x, row: rows))
      x += needed
    }
    rows = entries.isEmpty ? 0 : rows + 1
  }

  /// Where the last row goes on.
  private func lastEnd(_ canvas: some Canvas) -> Double {
    guard let last = placed.last else { return 0 }
    return last.x + (Legend.sampleLetters + 3) * canvas.letter.width + canvas.width(of: last.text)
  }

  func draw(on canvas: inout some Canvas, at origin: Point) {
    let letter = canvas.letter
    for item in placed {
      let y = origin.y + (Double(item.row) + 0.5) * letter.height
      var x = origin.x + item.x
      switch item.entry?.sample {
      case .line(let style):
        canvas.line([Point(x, y), Point(x + Legend.sampleLetters * letter.width - letter.width / 2, y)], style)
      case .dot(let ink): canvas.mark(Point(x + 1.5 * letter.width, y), ink)
      case nil: break
      }
      if item.entry != nil { x += (Legend.sampleLetters + 0.5) * letter.width }
      canvas.text(item.text, at: Point(x.rounded(), y), .start, item.entry == nil ? .muted : .plain)
    }
  }
}
