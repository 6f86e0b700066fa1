import Plots

/// A figure in the page: drawn at the size of a telephone, and grown to half a desk's width, so that its letters can be
/// read on both; a wide one keeps its size and is scrolled.
struct PlacedFigure {
  private static let width = 380
  /// More than this many classes need a wider matrix.
  private static let narrowClasses = 12

  private let figure: Figure
  private let height: Int
  /// Classes of a confusion matrix.
  private let classes: Int

  init(_ figure: Figure, height: Int = 260, classes: Int = 0) {
    self.figure = figure
    self.height = height
    self.classes = classes
  }

  /// The panels of a figure as figures of their own, which a narrow page sets below each other; the first has the legend.
  static func parts(of figure: Figure) -> [PlacedFigure] {
    figure.panels.enumerated().map { i, panel in
      PlacedFigure(Figure("", legend: i == 0 ? figure.legend : [], panels: [panel]))
    }
  }

  var html: String {
    let extra = max(0, classes - PlacedFigure.narrowClasses)
    let size = (width: min(960, PlacedFigure.width + 16 * extra), height: min(900, height + 16 * extra))
    var canvas = SVGCanvas(width: size.width, height: size.height, title: figure.title)
    figure.draw(on: &canvas)
    let isWide = size.width > PlacedFigure.width
    return "<div class=\"\(isWide ? "wide" : "plot")\">\n\(canvas.element)</div>\n"
  }
}
