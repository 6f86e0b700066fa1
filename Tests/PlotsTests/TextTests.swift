import Testing

@testable import Plots

@Suite("Text")
struct TextTests {
  private func lines(_ columns: Int, _ rows: Int, colored: Bool = false, _ draw: (inout TextCanvas) -> Void) -> [String]
  {
    var canvas = TextCanvas(columns: columns, rows: rows, colored: colored)
    draw(&canvas)
    return canvas.lines
  }

  @Test func linesAreDotsOfCharacters() {
    // The diagonal of one character cell, two dots by four, and a level line through two.
    let diagonal = lines(1, 1) { $0.line([Point(0, 0), Point(1, 1)], LineStyle(.plain)) }
    #expect(diagonal == ["⢣"] || diagonal == ["⢇"] || diagonal == ["⠣"] || diagonal.first?.unicodeScalars.count == 1)
    #expect(lines(2, 1) { $0.line([Point(0.1, 0.1), Point(2, 0.1)], LineStyle(.plain)) } == ["⠉⠉"])
    #expect(lines(2, 1) { $0.line([Point(0.1, 0.1), Point(0.1, 1)], LineStyle(.plain)) } == ["⡇"])
  }

  @Test func nothingIsDrawnOutside() {
    let drawn = lines(3, 2) { canvas in
      canvas.line([Point(-5, -5), Point(9, 9)], LineStyle(.plain))
      canvas.text("a long text", at: Point(2, 0.5), .middle, .plain)
      canvas.fill(Box(left: -2, top: -2, right: 9, bottom: 9), .series(0), strength: 1)
      canvas.mark(Point(7, 7), .plain)
      canvas.axes(Box(left: 0, top: 0, right: 30, bottom: 20), ticks: ([1, 50], [1, 50]))
      canvas.band([Point(-3, 1), Point(5, 1)], [Point(-3, -9), Point(5, 9)], .plain)
      canvas.line([Point(.nan, 1), Point(1, .infinity)], LineStyle(.plain))
    }
    #expect(drawn.count == 2)
    #expect(drawn.allSatisfy { $0.count <= 3 })
  }

  @Test func coloursAreWrittenOnlyWhenAskedFor() {
    func draw(_ canvas: inout TextCanvas) {
      canvas.text("red", at: Point(0, 0.5), .start, .series(1))
      canvas.fill(Box(left: 0, top: 1, right: 2, bottom: 2), .series(0), strength: 1)
    }
    #expect(lines(5, 2, draw) == ["red", "██"])
    let colored = lines(5, 2, colored: true, draw)
    #expect(colored[0] == "\u{1b}[0;38;5;166mred\u{1b}[0m")
    #expect(colored[1].contains("48;5;25m"))
  }

  @Test func wideCharactersTakeTwoColumns() {
    #expect(lines(6, 1) { $0.text("猫x", at: Point(6, 0.5), .end, .plain) } == ["   猫x"])
    #expect(TextWidth.cells(of: "e\u{301}") == 1)
    var canvas = TextCanvas(columns: 40, rows: 12, colored: false)
    HeatMap(title: "t", names: ["猫", "dog"], axes: ("true", "predicted"), counts: [5, 1, 0, 7])
      .draw(on: &canvas, in: Box(left: 0, top: 0, right: 40, bottom: 12))
    #expect(canvas.lines[2...3].map { $0.contains("猫") } == [true, false])
    #expect(canvas.lines[2].contains("5") && canvas.lines[3].contains("7"))
  }

  @Test("every figure fits its canvas", arguments: [(20, 8), (33, 9), (80, 24), (200, 50)])
  func fits(_ size: (columns: Int, rows: Int)) {
    let points = (1...30).map { Point(Double($0), 1 / Double($0)) }
    let chart = Chart("loss", x: .init("epoch", .whole), y: .init(), [.line(points, LineStyle(.series(0)))])
    let long = String(repeating: "name", count: 30)
    let legend = (0..<40).map { LegendEntry("\($0) \(long)", .line(LineStyle(.series($0)))) }
    let names = (0..<12).map { "\(long) \($0)" }
    let map = HeatMap(title: long, names: names, axes: ("true", "predicted"), counts: (0..<144).map { $0 % 13 * 7 })
    for panels: [any Panel] in [[chart], [chart, chart], [chart, chart, chart], [map]] {
      let drawn = lines(size.columns, size.rows) { Figure(long, legend: legend, panels: panels).draw(on: &$0) }
      #expect(drawn.count <= size.rows)
      #expect(drawn.allSatisfy { TextWidth.cells(of: $0) <= size.columns })
      #expect(drawn.contains { $0.contains("more") || $0.contains("0 name") })
    }
  }
}
