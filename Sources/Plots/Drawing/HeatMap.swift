/// A matrix of counts as coloured fields: a confusion matrix.
public struct HeatMap: Panel {
  /// The line above it.
  public var title: String
  /// The names of rows and columns.
  public var names: [String]
  /// What the rows and the columns are.
  public var axes: (rows: String, columns: String)
  /// The counts, row-major, a row a true class.
  public var counts: [Int]

  /// Fewer letters of a name than this say nothing.
  private static let leastLetters = 4.0

  /// See `Panel`.
  public func draw<Surface: Canvas>(on canvas: inout Surface, in box: Box) {
    let (letter, n) = (canvas.letter, names.count)
    var (rows, columns) = (names, names)
    var (gutter, field) = layout(rows, box, canvas)
    let room = field.width - HeatMap.gap(canvas)
    if room < HeatMap.leastLetters * letter.width, names.contains(where: { canvas.width(of: $0) > room }) {
      // Where the columns are too narrow for their names they have numbers, which lead the names of the rows.
      columns = names.indices.map(String.init)
      rows = zip(columns, names).map { $0 == $1 ? $0 : "\($0) \($1)" }
      (gutter, field) = layout(rows, box, canvas)
    }
    let top = box.top + 2 * letter.height
    let height = box.bottom - top - letter.height - canvas.axisGap.height
    guard field.width >= (letter.height == 1 ? 1 : 0.5), Double(n) * field.height <= height + 0.5 else {
      return drawSmall(on: &canvas, in: box)
    }
    let plot = Box(
      left: box.left + gutter + canvas.axisGap.width, top: top,
      right: box.left + gutter + canvas.axisGap.width + Double(n) * field.width, bottom: top + Double(n) * field.height)
    canvas.text(
      canvas.fitted(title, width: box.width), at: Point(box.left, box.top + letter.height / 2), .start, .plain)
    canvas.text(
      canvas.fitted("\(axes.rows) ↓  \(axes.columns) →", width: box.width),
      at: Point(box.left, box.top + 1.5 * letter.height), .start, .muted)
    drawFields(plot, field, on: &canvas)
    drawNames(rows, columns, plot, field, gutter: gutter, on: &canvas)
  }

  /// The room between the names of neighbouring columns.
  private static func gap(_ canvas: some Canvas) -> Double { canvas.letter.height == 1 ? 1 : 6 }

  /// The width of the names of rows, and the size of a field.
  private func layout(_ rows: [String], _ box: Box, _ canvas: some Canvas) -> (gutter: Double, field: Extent) {
    let (letter, n) = (canvas.letter, Double(names.count))
    let widest = rows.map { canvas.width(of: $0) }.max() ?? 0
    let gutter = min(widest, box.width / 4).rounded()
    let room = Extent(
      box.right - box.left - gutter - canvas.axisGap.width - letter.width,
      box.bottom - box.top - 3 * letter.height - canvas.axisGap.height)  // the title; the axes; the columns' names
    guard letter.height == 1 else {
      let side = min(room.width / n, room.height / n)
      return (gutter, Extent(min(room.width / n, 1.6 * side), side))
    }
    // In a terminal a field is whole characters, and one is twice as high as wide.
    let digits = Double(String(counts.max() ?? 0).count)
    return (gutter, Extent(min((room.width / n).rounded(.down), max(digits, min(widest, 8)) + 2), 1))
  }

  private func drawFields(_ plot: Box, _ field: Extent, on canvas: inout some Canvas) {
    let n = names.count
    let hasNumbers =
      field.width >= canvas.width(of: String(counts.max() ?? 0)) + (canvas.letter.height == 1 ? 1 : 4)
      && field.height >= canvas.letter.height * 0.9
    for row in 0..<n {
      let total = counts[row * n..<(row + 1) * n].reduce(0, +)
      for column in 0..<n {
        let count = counts[row * n + column]
        guard count > 0 || hasNumbers else { continue }
        let box = Box(
          left: plot.left + Double(column) * field.width, top: plot.top + Double(row) * field.height,
          right: plot.left + Double(column + 1) * field.width, bottom: plot.top + Double(row + 1) * field.height)
        // The root lets rare mistakes be seen.
        let strength = total == 0 ? 0 : (Double(count) / Double(total)).squareRoot()
        if count > 0, canvas.shades || !hasNumbers {
          canvas.fill(box, .series(row == column ? 0 : 1), strength: max(0.12, strength))
        }
        if hasNumbers {
          let place = Point((box.left + box.right) / 2, (box.top + box.bottom) / 2)
          let ink: Ink = count == 0 ? .muted : canvas.shades && strength > 0.6 ? .inverse : .plain
          canvas.text(count == 0 ? "·" : String(count), at: place, .middle, ink)
        }
      }
    }
  }

  private func drawNames(
    _ rows: [String], _ columns: [String], _ plot: Box, _ field: Extent, gutter: Double, on canvas: inout some Canvas
  ) {
    let letter = canvas.letter
    let every = max(1, Int((letter.height * 0.9 / field.height).rounded(.up)))
    for i in stride(from: 0, to: rows.count, by: every) {
      let y = plot.top + (Double(i) + 0.5) * field.height
      canvas.text(
        canvas.shortened(rows[i], width: gutter), at: Point(plot.left - canvas.axisGap.width, y), .end, .muted)
    }
    let y = plot.bottom + (letter.height == 1 ? 0 : canvas.axisGap.height) + letter.height / 2
    let gap = HeatMap.gap(canvas)
    // Names are cut to their column; numbers, of which the eye fills in those between, are left out.
    let areNumbers = columns != names || field.width < 2 * letter.width + gap
    let widest = columns.map { canvas.width(of: $0) }.max() ?? 0
    let step = areNumbers ? max(1, Int(((widest + gap) / field.width).rounded(.up))) : 1
    for i in stride(from: 0, to: columns.count, by: step) {
      let x = plot.left + (Double(i) + 0.5) * field.width
      let name = areNumbers ? columns[i] : canvas.fitted(columns[i], width: field.width - gap)
      canvas.text(name, at: Point(x, y), .middle, .muted)
    }
  }

  /// What is said where there is no room for a field a class: the classes that are taken for each other most.
  private func drawSmall(on canvas: inout some Canvas, in box: Box) {
    let (letter, n) = (canvas.letter, names.count)
    var y = box.top + letter.height / 2
    canvas.text(canvas.fitted(title, width: box.width), at: Point(box.left, y), .start, .plain)
    y += letter.height
    let mistakes = counts.indices.filter { $0 / n != $0 % n && counts[$0] > 0 }.sorted {
      (counts[$1], $0) < (counts[$0], $1)
    }
    let words = "no room for \(n) × \(n) fields; the most frequent mistakes:"
    canvas.text(canvas.fitted(words, width: box.width), at: Point(box.left, y), .start, .muted)
    for i in mistakes {
      y += letter.height
      guard y + letter.height / 2 <= box.bottom else { return }
      let room = (box.width - canvas.width(of: "\(counts[i]) ×  taken for ")) / 2
      let pair = [i / n, i % n].map { canvas.shortened(names[$0], width: room) }
      canvas.text("\(counts[i]) × \(pair[0]) taken for \(pair[1])", at: Point(box.left, y), .start, .plain)
    }
  }
}
