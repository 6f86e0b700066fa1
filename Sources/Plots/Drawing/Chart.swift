/// Lines, bands and dots over two axes.
public struct Chart: Panel {
  /// What is drawn, in data coordinates; points that are not finite break a line.
  public enum Layer: Sendable {
    /// A line through points.
    case line([Point], LineStyle)
    /// The area between two lines over the same x.
    case band(lower: [Point], upper: [Point], Ink)
    /// A dot a point.
    case dots([Point], Ink)
    /// A mark that stands out, with a word beside it.
    case mark(Point, Ink, label: String)
    /// A name written over a point.
    case name(Point, String)
    /// A line from the bottom to the top at an x, with words at its top.
    case rule(Double, LineStyle, label: String)

    var points: [Point] {
      switch self {
      case .line(let points, _), .dots(let points, _): points
      case .band(let lower, let upper, _): lower + upper
      case .mark(let point, _, _), .name(let point, _): [point]
      case .rule: []
      }
    }
  }

  /// How an axis is made.
  public struct Axis: Sendable {
    /// What it measures; may be empty.
    public var label: String
    /// How numbers are spread.
    public var kind: Scale.Kind
    /// Its ends; nil for those of the data.
    public var range: ClosedRange<Double>?
    /// A number that it has in any case.
    public var including: Double?
    /// What no number can be beyond, so that the axis need not be.
    public var limits: ClosedRange<Double>?

    /// An axis.
    public init(
      _ label: String = "", _ kind: Scale.Kind = .linear, range: ClosedRange<Double>? = nil, including: Double? = nil,
      limits: ClosedRange<Double>? = nil
    ) {
      self.label = label
      self.kind = kind
      self.range = range
      self.including = including
      self.limits = limits
    }
  }

  /// The line above it.
  public var title: String
  /// The axis below.
  public var x: Axis
  /// The axis to the left; its label is not drawn: the title says what it is.
  public var y: Axis
  /// What is drawn, the first at the bottom.
  public var layers: [Layer]
  /// What colours and lines stand for in this chart alone, below its title.
  public var legend: [LegendEntry]

  /// A chart.
  public init(_ title: String, x: Axis, y: Axis, _ layers: [Layer], legend: [LegendEntry] = []) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.legend = legend
  }

  /// See `Panel`.
  public func draw<Surface: Canvas>(on canvas: inout Surface, in box: Box) {
    let points = layers.lazy.flatMap(\.points).filter(\.isFinite)
    let letter = canvas.letter
    let yCount = max(2, Int(box.height / letter.height / 3))
    let yScale = y.scale(points.map(\.y), ticks: yCount)
    let yTicks = Ticks.of(yScale, atMost: yCount)
    let gutter = yTicks.map { canvas.width(of: $0.label) }.max() ?? 0
    let xScale = x.scale(points.map(\.x), ticks: max(2, Int(box.width / letter.width / 10)))
    let lines = (x.label.isEmpty ? 1.0 : 2.0) * letter.height
    let key = Legend(legend, on: canvas, width: box.width, maximumRows: Int(box.height / letter.height / 6))
    let plot = Box(
      left: (box.left + gutter + canvas.axisGap.width).rounded(),
      top: box.top + letter.height * ((letter.height > 1 ? 1.75 : 1) + Double(key.rows)),
      right: box.right - Map.rightMargin(letter),
      bottom: box.bottom - lines - canvas.axisGap.height)
    guard plot.width >= 4 * letter.width, plot.height >= 2 * letter.height else {
      for (line, text) in [title, "too small to draw"].enumerated() {
        let place = Point(box.left, box.top + (Double(line) + 0.5) * letter.height)
        canvas.text(canvas.fitted(text, width: box.width), at: place, .start, .muted)
      }
      return
    }
    let xTicks = fittingTicks(xScale, plot, canvas)
    let map = Map(x: xScale, y: yScale, plot: plot)
    canvas.text(
      canvas.fitted(title, width: box.width), at: Point(box.left, box.top + letter.height / 2), .start, .plain)
    key.draw(on: &canvas, at: Point(box.left, box.top + letter.height))
    canvas.axes(plot, ticks: (xTicks.compactMap { map.x($0.value) }, yTicks.compactMap { map.y($0.value) }))
    drawLabels(xTicks, yTicks, map, on: &canvas)
    var notes = RuleNotes(plot)
    for layer in layers { draw(layer, map, &notes, on: &canvas) }
  }

  /// As many ticks as have room for their labels beside each other.
  private func fittingTicks(_ scale: Scale, _ plot: Box, _ canvas: some Canvas) -> [Tick] {
    var count = max(2, Int(plot.width / canvas.letter.width / 4))
    while true {
      let ticks = Ticks.of(scale, atMost: count)
      let map = Map(x: scale, y: scale, plot: plot)
      var end = -Double.infinity
      let fits = ticks.allSatisfy { tick in
        let half = canvas.width(of: tick.label) / 2
        guard let x = map.labelCenter(tick.value, half, canvas.letter) else { return true }
        defer { end = x + half }
        return x - half >= end + 1.5 * canvas.letter.width
      }
      if fits || count <= 2 { return fits ? ticks : [ticks.first].compactMap(\.self) }
      count -= max(1, count / 8)
    }
  }

  private func drawLabels(_ xTicks: [Tick], _ yTicks: [Tick], _ map: Map, on canvas: inout some Canvas) {
    let (letter, gap, plot) = (canvas.letter, canvas.axisGap, map.plot)
    for tick in yTicks {
      guard let y = map.y(tick.value) else { continue }
      canvas.text(tick.label, at: Point(plot.left - gap.width, y), .end, .muted)
    }
    let y = plot.bottom + gap.height + letter.height / 2
    for tick in xTicks {
      let half = canvas.width(of: tick.label) / 2
      guard let x = map.labelCenter(tick.value, half, letter) else { continue }
      canvas.text(tick.label, at: Point(x, y), .middle, .muted)
    }
    if !x.label.isEmpty {
      let text = canvas.fitted(x.label, width: plot.width)
      canvas.text(text, at: Point((plot.left + plot.right) / 2, y + letter.height), .middle, .muted)
    }
  }

  private func draw(_ layer: Layer, _ map: Map, _ notes: inout RuleNotes, on canvas: inout some Canvas) {
    switch layer {
    case .line(let points, let style):
      for part in map.parts(of: points) {
        canvas.line(Reduction.line(part, resolution: canvas.resolution.width), style)
        if part.count == 1 { canvas.dots(part, style.ink) }
      }
    case .band(let lower, let upper, let ink):
      for (low, high) in zip(map.parts(of: lower), map.parts(of: upper)) { canvas.band(low, high, ink) }
    case .dots(let points, let ink):
      canvas.dots(Reduction.dots(points.compactMap(map.place), resolution: canvas.resolution), ink)
    case .mark(let point, let ink, let label):
      guard let place = map.place(point) else { return }
      canvas.mark(place, ink)
      let note = Note(label, beside: place.x, map.plot, on: canvas)
      canvas.text(label, at: Point(note.x, place.y), note.anchor, ink)
    case .name(let point, let name):
      guard let place = map.place(point) else { return }
      canvas.name(name, at: place)
    case .rule(let x, let style, let label):
      guard let at = map.x(x), at >= map.plot.left, at <= map.plot.right else { return }
      canvas.line([Point(at, map.plot.top), Point(at, map.plot.bottom)], style)
      let note = Note(label, beside: at, map.plot, on: canvas)
      guard let y = notes.place(note, on: canvas) else { return }
      canvas.text(label, at: Point(note.x, y), note.anchor, style.ink)
    }
  }
}

extension Chart.Axis {
  /// The scale for some numbers, with a little more room than they need.
  fileprivate func scale(_ values: some Sequence<Double>, ticks: Int) -> Scale {
    let scale = Scale(kind, of: values, fixed: range, including: including)
    if range != nil { return scale }
    let widened = scale.widened(ticks: ticks)
    guard let limits else { return widened }
    return Scale(kind, of: [], fixed: widened.domain.clamped(to: limits))
  }
}

/// From data to places within a plot.
struct Map {
  var x: Scale
  var y: Scale
  var plot: Box

  func x(_ value: Double) -> Double? { x.share(value).map { plot.left + $0 * plot.width } }
  func y(_ value: Double) -> Double? { y.share(value).map { plot.bottom - $0 * plot.height } }

  /// The room to the right of a plot, into which the last label reaches.
  static func rightMargin(_ letter: Extent) -> Double { letter.height > 1 ? 2 * letter.width : 1 }

  /// Where the middle of a label below the plot is: at its number, or so far left of it that the label has room.
  func labelCenter(_ value: Double, _ half: Double, _ letter: Extent) -> Double? {
    x(value).map { min($0, plot.right + Map.rightMargin(letter) - half) }
  }

  /// Where a point is; nil when it has no place or lies outside of the plot.
  func place(_ point: Point) -> Point? {
    guard let x = x(point.x), let y = y(point.y), x >= plot.left - 1e-6, x <= plot.right + 1e-6, y >= plot.top - 1e-6,
      y <= plot.bottom + 1e-6
    else { return nil }
    return Point(x, y)
  }

  /// The pieces of a line between points that have no place.
  func parts(of points: [Point]) -> [[Point]] {
    var parts: [[Point]] = []
    var part: [Point] = []
    for point in points {
      if let place = place(point) {
        part.append(place)
      } else if !part.isEmpty {
        parts.append(part)
        part = []
      }
    }
    return part.isEmpty ? parts : parts + [part]
  }
}
