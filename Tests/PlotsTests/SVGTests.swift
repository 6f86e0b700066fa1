import Testing

@testable import Plots

@Suite("SVG")
struct SVGTests {
  private func drawn(_ figure: Figure) -> String {
    var canvas = SVGCanvas(width: 640, height: 400, title: figure.title)
    figure.draw(on: &canvas)
    return canvas.text
  }

  private var hostile: String { "<script>alert(1)</script> & \"'\u{1b}[2J\u{202e}\u{fffe}]]>" }

  @Test func textOfFilesIsEscaped() {
    let line = Chart.Layer.line([Point(0, 1), Point(1, 2)], LineStyle(.series(0)))
    let chart = Chart(
      hostile, x: .init(hostile, .names([hostile, "b"])), y: .init(), [line, .name(Point(0, 1), hostile)])
    let entry = LegendEntry(hostile, .line(LineStyle(.series(0))))
    let text = drawn(Figure(hostile, legend: [entry], panels: [chart]))
    #expect(!text.contains("<script"))
    #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;&#39;?[2J"))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0.value != 0xfffe && $0.value != 0x202e })
    #expect(isWellFormed(text))
  }

  @Test func numbersThatAreNotFiniteAreLeftOut() {
    let points = [Point(0, 1), Point(1, .nan), Point(2, 3), Point(3, 4), Point(.infinity, 1), Point(4, 1e308)]
    let chart = Chart("t", x: .init("x"), y: .init(), [.line(points, LineStyle(.series(3))), .dots(points, .plain)])
    let text = drawn(Figure("", panels: [chart]))
    let drawing = text.split(separator: "</style>").last ?? ""
    #expect(!drawing.contains("nan") && !drawing.contains("inf"))
    #expect(isWellFormed(text))
  }

  @Test func labelsDoNotOverlap() {
    for high in [0.00012, 3, 77, 1234, 98_765_432] {
      let chart = Chart("t", x: .init("x"), y: .init(), [.line([Point(0, 0), Point(high, high)], LineStyle(.plain))])
      let text = drawn(Figure("t", panels: [chart]))
      // The labels of the x axis are in the middle of their place and have the same height.
      let labels = text.split(separator: "\n").filter { $0.hasPrefix("<text class=\"u m\"") }.compactMap(place)
      let heights = Dictionary(grouping: labels, by: \.y).values.max { $0.count < $1.count } ?? []
      #expect(heights.count >= 3)
      for (left, right) in zip(heights, heights.dropFirst()) {
        #expect(left.x + 3.5 * Double(left.count) < right.x - 3.5 * Double(right.count))
      }
    }
  }

  /// Where a text element stands, and how many characters it has.
  private func place(_ element: Substring) -> (x: Double, y: Double, count: Int)? {
    let parts = element.split(separator: "\"")
    guard parts.count > 5, let x = Double(parts[3]), let y = Double(parts[5]) else { return nil }
    return (x, y, element.split(whereSeparator: { $0 == ">" || $0 == "<" })[1].count)
  }

  /// Whether each tag that is opened is closed in order, and attributes are quoted: enough for what is written here.
  private func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = part.firstIndex(of: ">") else { return false }
      let tag = part[..<end]
      if tag.count(where: { $0 == "\"" }) % 2 == 1 { return false }
      let name = tag.prefix { !$0.isWhitespace && $0 != "/" || $0 == tag.first }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    return open.isEmpty
  }

  @Test func aMillionPointsAreAsManyAsCanBeSeen() {
    let points = (0..<1_000_000).map { Point(Double($0), Double($0 % 1000)) }
    let chart = Chart("t", x: .init("x"), y: .init(), [.line(points, LineStyle(.series(0)))])
    #expect(drawn(Figure("t", panels: [chart])).utf8.count < 100_000)
  }
}
