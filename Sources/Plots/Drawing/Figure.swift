#if canImport(Glibc)
  import Glibc
#endif

/// One of the pictures that a figure is made of.
public protocol Panel: Sendable {
  /// Draws into a part of a canvas.
  func draw<Surface: Canvas>(on canvas: inout Surface, in box: Box)
}

/// A title, a legend, and panels side by side and one above the other.
public struct Figure: Sendable {
  /// The line above everything.
  public var title: String
  /// What colours and lines stand for.
  public var legend: [LegendEntry]
  /// The pictures.
  public var panels: [any Panel]

  /// A figure.
  public init(_ title: String, legend: [LegendEntry] = [], panels: [any Panel]) {
    self.title = title
    self.legend = legend
    self.panels = panels
  }

  /// The width of a panel that looks best, in heights.
  private static let aspect = 1.6
  /// Panels of fewer letters and lines have no room for a picture.
  private static let least = Extent(9, 6)

  /// Draws the whole.
  public func draw<Surface: Canvas>(on canvas: inout Surface) {
    let (line, size) = (canvas.letter.height, canvas.size)
    var top = 0.0
    if !title.isEmpty {
      canvas.text(canvas.fitted(title, width: size.width), at: Point(0, line / 2), .start, .strong)
      top = line
    }
    let room = Int(size.height / line / 5)
    let key = Legend(legend, on: canvas, width: size.width, maximumRows: max(1, room))
    key.draw(on: &canvas, at: Point(0, top))
    top += Double(key.rows) * line
    if top > 0, canvas.letter.height > 1 { top += line / 2 }  // pixels are there to leave some
    let columns = columnCount(Extent(size.width, size.height - top), letter: canvas.letter)
    let rows = (panels.count + columns - 1) / max(1, columns)
    for (i, panel) in panels.enumerated() {
      let (column, row) = (Double(i % columns), Double(i / columns))
      let width = (size.width + 2 * canvas.letter.width) / Double(columns)
      let height = (size.height - top) / Double(rows)
      panel.draw(
        on: &canvas,
        in: Box(
          left: (column * width).rounded(), top: (top + row * height).rounded(),
          right: ((column + 1) * width).rounded() - 2 * canvas.letter.width,
          bottom: (top + (row + 1) * height).rounded()))
    }
  }

  /// How many panels stand side by side, so that each is nearest to the best shape. A letter is twice as high as wide.
  private func columnCount(_ size: Extent, letter: Extent) -> Int {
    let unit = letter.height == 1 ? 2.0 : 1.0
    func badness(_ columns: Int) -> Double {
      let rows = (panels.count + columns - 1) / columns
      let (width, height) = (size.width / Double(columns), size.height / Double(rows))
      let isTiny = width < Figure.least.width * letter.width || height < Figure.least.height * letter.height
      let shape = width / (height * unit)
      return (isTiny ? 100 : 0) + abs(log(shape / Figure.aspect)) + 0.1 * Double(columns * rows - panels.count)
    }
    return (1...max(1, panels.count)).min { badness($0) < badness($1) } ?? 1
  }
}

extension Figure {
  /// The size in pixels that suits the number of panels.
  public var pixels: (width: Int, height: Int) {
    if panels.count == 1, let map = panels.first as? HeatMap {
      let more = 16 * max(0, map.names.count - 20)
      return (min(1600, 680 + more), min(1480, 560 + more))
    }
    return switch panels.count {
    case 0...1: (680, 440)
    case 2: (960, 420)
    case 3...4: (960, 760)
    default: (960, 340 * ((panels.count + 1) / 2))
    }
  }
}
