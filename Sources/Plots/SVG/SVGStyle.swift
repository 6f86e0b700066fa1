/// The colours of SVG figures: those of Okabe and Ito (2008, "Color universal design"), which people tell apart whatever
/// their eyes, in an order that suits a light page, and another that suits a dark one.
public enum SVGStyle {
  private struct Theme {
    var paper: String
    var plain: String
    var muted: String
    var grid: String
    var series: [String]
  }

  private static let light = Theme(
    paper: "#ffffff", plain: "#1f2328", muted: "#59636e", grid: "#e4e7eb",
    series: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"])
  private static let dark = Theme(
    paper: "#15181c", plain: "#e6e9ed", muted: "#9aa4af", grid: "#2c3138",
    series: ["#56b4e9", "#e8702a", "#1fb58a", "#cc79a7", "#e69f00", "#f0e442", "#ffffff"])

  /// The style sheet of a figure, or of a page in which figures are. Its names of classes have one letter, or `s` or `f`
  /// and a digit, or are `su`, `st` and `paper`.
  public static var sheet: String {
    """
    text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;dominant-baseline:central}
    .h,.n{font-weight:600}.n{stroke-width:3;paint-order:stroke;stroke-linejoin:round}.m{text-anchor:middle}.e{text-anchor:end}
    .l{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.d{stroke-dasharray:2 5}
    .p{fill:none;stroke-width:4;stroke-linecap:round;stroke-opacity:.7}.q{stroke-linecap:square}
    .a,.g{fill:none;stroke-width:1;shape-rendering:crispEdges}
    \(rules(light))
    @media (prefers-color-scheme:dark){
    \(rules(dark))
    }

    """
  }

  private static func rules(_ theme: Theme) -> String {
    ".paper,.i{fill:\(theme.paper)}.n{stroke:\(theme.paper)}.t{fill:\(theme.plain)}.u{fill:\(theme.muted)}.a,.su{stroke:\(theme.muted)}"
      + ".st{stroke:\(theme.plain)}.g{stroke:\(theme.grid)}\n"
      + theme.series.enumerated().map { ".s\($0){stroke:\($1)}.f\($0){fill:\($1)}" }.joined()
  }
}
