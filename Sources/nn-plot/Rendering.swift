import CommandLine
import Plots
import Tensors

/// A figure as text or as SVG.
struct Rendering {
  private let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  /// The whole output.
  func text(of figure: Figure, on sink: ByteSink) -> String {
    if settings.isSVG { return svg(titled(figure)) }
    return lines(of: figure, on: sink).map { $0 + "\n" }.joined()
  }

  /// The lines of a figure in text.
  func lines(of figure: Figure, on sink: ByteSink) -> [String] {
    var size = settings.size ?? (80, 24)
    // A terminal keeps a line for the prompt.
    if settings.size == nil, sink.isTerminal, let terminal = Terminal.size {
      size = (max(20, terminal.columns), max(8, terminal.rows - 1))
    }
    let isColored =
      switch settings.color {
      case .auto: sink.isTerminal && Terminal.wantsColor
      case .always: true
      case .never: false
      }
    var canvas = TextCanvas(columns: size.width, rows: size.height, colored: isColored)
    titled(figure).draw(on: &canvas)
    return canvas.lines
  }

  private func svg(_ figure: Figure) -> String {
    let size = settings.size ?? figure.pixels
    var canvas = SVGCanvas(width: size.width, height: size.height, title: figure.title)
    figure.draw(on: &canvas)
    return canvas.text
  }

  private func titled(_ figure: Figure) -> Figure {
    var figure = figure
    if let title = settings.title { figure.title = title.printable }
    return figure
  }
}
