/// Draws SVG 1.1: text that can be selected, colours by a style sheet that follows the reader's light or dark, no script.
public struct SVGCanvas: Canvas {
  /// See `Canvas`.
  public let size: Extent
  /// See `Canvas`.
  public let letter = Extent(7, 16)
  /// See `Canvas`.
  public let axisGap = Extent(6, 4)
  /// See `Canvas`.
  public let resolution = Extent(1, 1)
  /// See `Canvas`.
  public var shades: Bool { true }

  /// The room around everything, in pixels.
  private static let margin = 12.0
  private let title: String
  private var body = ""

  /// A canvas of a size in pixels, the margin included.
  public init(width: Int, height: Int, title: String) {
    size = Extent(Double(width) - 2 * SVGCanvas.margin, Double(height) - 2 * SVGCanvas.margin)
    self.title = title
  }

  /// The whole file.
  public var text: String {
    element(" xmlns=\"http://www.w3.org/2000/svg\"", styles: "<style>\n\(SVGStyle.sheet)</style>\n")
  }

  /// The figure as an element of a page that has the style sheet of `SVGStyle`.
  public var element: String { element("", styles: "") }

  private func element(_ namespace: String, styles: String) -> String {
    let (width, height) = (size.width + 2 * SVGCanvas.margin, size.height + 2 * SVGCanvas.margin)
    let name = XMLText.escaped(title)
    return """
      <svg\(namespace) width="\(number(width))" height="\(number(height))" \
      viewBox="0 0 \(number(width)) \(number(height))" role="img">
      <title>\(name)</title>
      \(styles)<rect class="paper" width="100%" height="100%"/>
      <g transform="translate(\(number(SVGCanvas.margin)) \(number(SVGCanvas.margin)))">
      \(body)</g>
      </svg>

      """
  }

  /// See `Canvas`.
  public func width(of text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + letter.width * Double(TextWidth.cells(of: $1)) }
  }

  /// See `Canvas`.
  public mutating func line(_ points: [Point], _ style: LineStyle) {
    guard points.count > 1 else { return }
    body += "<path class=\"l \(stroke(style.ink))\(style.isDashed ? " d" : "")\" d=\"\(path(points))\"/>\n"
  }

  /// See `Canvas`.
  public mutating func band(_ lower: [Point], _ upper: [Point], _ ink: Ink) {
    guard lower.count > 1 else { return }
    body += "<path class=\"\(fill(ink))\" fill-opacity=\".2\" d=\"\(path(upper + lower.reversed()))z\"/>\n"
  }

  /// See `Canvas`.
  public mutating func dots(_ points: [Point], _ ink: Ink) {
    guard !points.isEmpty else { return }
    let places = points.map { "M\(number($0.x)) \(number($0.y))h0" }.joined()
    body += "<path class=\"p\(isSquare(ink) ? " q" : "") \(stroke(ink))\" d=\"\(places)\"/>\n"
  }

  /// See `Canvas`.
  public mutating func mark(_ point: Point, _ ink: Ink) {
    guard !isSquare(ink) else {
      body +=
        "<rect class=\"\(fill(ink))\" x=\"\(number(point.x - 3.5))\" y=\"\(number(point.y - 3.5))\" "
        + "width=\"7\" height=\"7\"/>\n"
      return
    }
    body += "<circle class=\"\(fill(ink))\" cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"4\"/>\n"
  }

  /// See `Canvas`.
  public mutating func fill(_ box: Box, _ ink: Ink, strength: Double) {
    let opacity = strength < 1 ? " fill-opacity=\"\(number(strength))\"" : ""
    // A hair less than the whole, so that neighbours can be told apart.
    let gap = min(1, box.width / 8, box.height / 8)
    body +=
      "<rect class=\"\(fill(ink))\"\(opacity) x=\"\(number(box.left))\" y=\"\(number(box.top))\" "
      + "width=\"\(number(box.width - gap))\" height=\"\(number(box.height - gap))\"/>\n"
  }

  /// See `Canvas`.
  public mutating func axes(_ box: Box, ticks: (x: [Double], y: [Double])) {
    let across = ticks.y.map { "M\(number(box.left)) \(number($0.rounded()))H\(number(box.right))" }
    body += "<path class=\"g\" d=\"\(across.joined())\"/>\n"
    let down = ticks.x.map { "M\(number($0.rounded())) \(number(box.bottom))v4" }
    body +=
      "<path class=\"a\" d=\"M\(number(box.left)) \(number(box.top))V\(number(box.bottom))H\(number(box.right))"
      + "\(down.joined())\"/>\n"
  }

  /// See `Canvas`.
  public mutating func text(_ text: String, at point: Point, _ anchor: Anchor, _ ink: Ink) {
    guard !text.isEmpty else { return }
    let side =
      switch anchor {
      case .start: ""
      case .middle: " m"
      case .end: " e"
      }
    body +=
      "<text class=\"\(fill(ink))\(side)\" x=\"\(number(point.x))\" y=\"\(number(point.y))\">"
      + "\(XMLText.escaped(text))</text>\n"
  }

  /// See `Canvas`.
  public mutating func name(_ text: String, at point: Point) {
    body += "<text class=\"t m n\" x=\"\(number(point.x))\" y=\"\(number(point.y))\">\(XMLText.escaped(text))</text>\n"
  }

  /// Whether a colour has come before, so that another shape has to tell.
  private func isSquare(_ ink: Ink) -> Bool { if case .series(let i) = ink { i / Ink.count % 2 == 1 } else { false } }

  private func path(_ points: [Point]) -> String {
    "M" + points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L")
  }

  private func stroke(_ ink: Ink) -> String { "s\(name(ink))" }

  private func fill(_ ink: Ink) -> String {
    switch ink {
    case .series: "f\(name(ink))"
    default: name(ink)
    }
  }

  private func name(_ ink: Ink) -> String {
    switch ink {
    case .plain: "t"
    case .strong: "t h"
    case .muted: "u"
    case .inverse: "i"
    case .series(let i): "\(i % Ink.count)"
    }
  }

  /// A coordinate to a hundredth of a pixel, without zeros at its end.
  private func number(_ value: Double) -> String {
    let text = DecimalText.fixed(value, decimals: 2)
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }
}
