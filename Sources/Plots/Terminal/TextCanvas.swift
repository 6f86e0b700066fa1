/// Draws with characters: lines and dots in braille patterns, two by four dots a character, axes in box drawing.
public struct TextCanvas: Canvas {
  /// See `Canvas`.
  public let size: Extent
  /// See `Canvas`.
  public let letter = Extent(1, 1)
  /// See `Canvas`.
  public let axisGap = Extent(1, 1)
  /// See `Canvas`.
  public let resolution = Extent(0.5, 0.25)
  /// See `Canvas`.
  public let shades: Bool

  private struct Cell {
    /// The dots that are set, as the low byte of U+2800…U+28FF.
    var dots: UInt8 = 0
    var scalars: [Unicode.Scalar] = []
    var ink = Ink.plain
    var fill: (ink: Ink, strength: Double)?
    /// Whether the character before takes this place, too.
    var isCovered = false
  }
  private let columns: Int
  private let rows: Int
  private var cells: [Cell]

  /// A canvas of some characters, with colour or without.
  public init(columns: Int, rows: Int, colored: Bool) {
    self.columns = columns
    self.rows = rows
    size = Extent(Double(columns), Double(rows))
    shades = colored
    cells = [Cell](repeating: Cell(), count: columns * rows)
  }

  /// The lines, each with a line feed; spaces at their ends and empty lines at the bottom are left out.
  public var lines: [String] {
    var lines = (0..<rows).map(line)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private func line(_ row: Int) -> String {
    let cells = cells[row * columns..<(row + 1) * columns]
    guard let last = cells.lastIndex(where: { $0.dots != 0 || !$0.scalars.isEmpty || $0.fill != nil }) else {
      return ""
    }
    var text = ""
    var state = TerminalColor.reset
    for cell in cells[...last] where !cell.isCovered {
      let isBlank = cell.dots == 0 && cell.scalars.isEmpty && cell.fill == nil
      if shades, !isBlank {
        let wanted =
          cell.fill.map { TerminalColor.background($0.ink, strength: $0.strength) }
          ?? TerminalColor.foreground(cell.ink)
        if wanted != state { text += wanted }
        state = wanted
      } else if shades, state != TerminalColor.reset {
        text += TerminalColor.reset
        state = TerminalColor.reset
      }
      text.unicodeScalars.append(contentsOf: scalars(of: cell))
    }
    return text + (state == TerminalColor.reset ? "" : TerminalColor.reset)
  }

  private func scalars(of cell: Cell) -> [Unicode.Scalar] {
    if !cell.scalars.isEmpty { return cell.scalars }
    if cell.dots != 0, let pattern = Unicode.Scalar(0x2800 + UInt32(cell.dots)) { return [pattern] }
    guard let fill = cell.fill, !shades else { return [" "] }
    return [["░", "▒", "▓", "█"][max(0, min(3, Int(fill.strength * 4)))]]
  }

  // MARK: Drawing

  /// See `Canvas`.
  public func width(of text: String) -> Double { Double(TextWidth.cells(of: text)) }

  /// See `Canvas`.
  public mutating func line(_ points: [Point], _ style: LineStyle) {
    var count = 0
    for (from, to) in zip(points, points.dropFirst()) where from.isNear && to.isNear {
      let steps = max(1, Int(max(abs(to.x - from.x) * 2, abs(to.y - from.y) * 4).rounded(.up)))
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        // Of a dashed line every other pair of dots is left out.
        if !style.isDashed || count % 4 < 1 {
          setDot(Point(from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)), style.ink)
        }
        if step < steps { count += 1 }
      }
    }
  }

  /// See `Canvas`.
  public mutating func band(_ lower: [Point], _ upper: [Point], _ ink: Ink) {
    let pairs = Array(zip(lower, upper))
    for (from, to) in zip(pairs, pairs.dropFirst()) {
      let steps = max(1, Int((abs(to.0.x - from.0.x) * 2).rounded(.up)))
      for step in 0..<steps {
        let share = Double(step) / Double(steps)
        func between(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
        let x = between(from.0.x, to.0.x)
        let (one, other) = (between(from.0.y, to.0.y), between(from.1.y, to.1.y))
        // Every fourth dot, in a pattern that does not depend on the band.
        let column = Int((x * 2).rounded(.down))
        let (top, bottom) = (Int((min(one, other) * 4).rounded(.down)), Int((max(one, other) * 4).rounded(.down)))
        guard top <= bottom else { continue }
        for dot in max(0, top)...max(0, min(bottom, 4 * rows)) where (dot + 2 * (column % 2)) % 4 == 0 {
          setDot(Point(Double(column) / 2, Double(dot) / 4), ink)
        }
      }
    }
  }

  /// See `Canvas`.
  public mutating func dots(_ points: [Point], _ ink: Ink) { for point in points { setDot(point, ink) } }

  /// See `Canvas`.
  public mutating func mark(_ point: Point, _ ink: Ink) {
    put(["●"], column: Int(point.x.rounded(.down)), row: Int(point.y.rounded(.down)), ink)
  }

  /// See `Canvas`.
  public mutating func fill(_ box: Box, _ ink: Ink, strength: Double) {
    for row in max(0, Int(box.top))..<max(0, min(rows, Int(box.bottom))) {
      for column in max(0, Int(box.left))..<max(0, min(columns, Int(box.right))) {
        cells[row * columns + column].fill = (ink, strength)
      }
    }
  }

  /// See `Canvas`.
  public mutating func axes(_ box: Box, ticks: (x: [Double], y: [Double])) {
    let (column, row) = (Int(box.left) - 1, Int(box.bottom))
    for y in Int(box.top)..<max(Int(box.top), row) { put(["│"], column: column, row: y, .muted) }
    for x in Int(box.left)..<max(Int(box.left), Int(box.right)) { put(["─"], column: x, row: row, .muted) }
    put(["└"], column: column, row: row, .muted)
    for y in ticks.y where Int(y.rounded(.down)) < row {
      put(["┤"], column: column, row: Int(y.rounded(.down)), .muted)
    }
    for x in ticks.x { put(["┬"], column: min(Int(x.rounded(.down)), Int(box.right) - 1), row: row, .muted) }
  }

  /// See `Canvas`.
  public mutating func name(_ text: String, at point: Point) { self.text(text, at: point, .middle, .strong) }

  /// See `Canvas`.
  public mutating func text(_ text: String, at point: Point, _ anchor: Anchor, _ ink: Ink) {
    let width = Double(TextWidth.cells(of: text))
    let start =
      switch anchor {
      case .start: point.x
      case .middle: (point.x - width / 2 + 0.25).rounded()
      case .end: point.x - width
      }
    var column = Int(start.rounded(.down))
    let row = Int(point.y.rounded(.down))
    for scalar in text.unicodeScalars {
      let cells = TextWidth.cells(of: scalar)
      if cells == 0 { continue }
      put([scalar], column: column, row: row, ink)
      if cells == 2, column + 1 < columns, column + 1 >= 0, (0..<rows).contains(row) {
        self.cells[row * columns + column + 1].isCovered = true
      }
      column += cells
    }
  }

  private mutating func put(_ scalars: [Unicode.Scalar], column: Int, row: Int, _ ink: Ink) {
    guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
    let cell = row * columns + column
    cells[cell].scalars = scalars
    cells[cell].ink = ink
    cells[cell].isCovered = false
  }

  /// The bits of the dots of a character, by their place in it: two columns of four (Unicode, chapter 21.1).
  private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private mutating func setDot(_ point: Point, _ ink: Ink) {
    guard point.isNear else { return }
    // A point on the border of a plot belongs to it.
    let (x, y) = (Int((point.x * 2 - 1e-6).rounded(.down)), Int((point.y * 4 - 1e-6).rounded(.down)))
    let (column, row) = (max(0, x) / 2, max(0, y) / 4)
    guard column < columns, row < rows else { return }
    let cell = row * columns + column
    cells[cell].dots |= TextCanvas.bits[max(0, y) % 4 * 2 + max(0, x) % 2]
    if cells[cell].scalars.isEmpty { cells[cell].ink = ink }
  }
}

extension Point {
  /// Whether the point is finite, and not so far from every canvas that the way there takes long.
  fileprivate var isNear: Bool { abs(x) < 1e5 && abs(y) < 1e5 }
}
