import CommandLine
import Plots
import Tensors

/// What the command line asks for.
struct Settings {
  var common = CommonOptions()
  var figure: FigureKind?
  var curves = CurvesFigure()
  var format = Format.auto
  var size: (width: Int, height: Int)?
  var title: String?
  var color = Color.auto
  var follows = false
  var diagnoses = false
  var isJSON = false

  enum Format: String, CaseIterable { case auto, text, svg }
  enum Color: String, CaseIterable { case auto, always, never }

  /// Whether SVG is written: when it was asked for, or by the output's name.
  var isSVG: Bool { format == .svg || format == .auto && ending == "svg" }

  /// The ending of the output's name in small letters; nil when it has none.
  private var ending: String? {
    guard let name = common.output?.split(separator: "/").last, let dot = name.lastIndex(of: ".") else { return nil }
    return name[name.index(after: dot)...].lowercased()
  }

  /// Endings of files that are neither text nor SVG.
  private static let otherPictures = [
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "pdf", "eps", "ps", "html", "htm",
  ]

  /// Fails on what one option alone cannot see.
  func check(_ operands: [String]) throws(Failure) {
    guard operands.count(where: { $0 == "-" }) <= 1 else {
      throw .usage("'-' (standard input) can be given only once")
    }
    if isJSON, !diagnoses { throw .usage("--json needs --diagnose") }
    if let figure, !figure.isOfLogs {
      if follows { throw .usage("--follow: logs are followed, and '\(figure.rawValue)' is made of frames") }
      if diagnoses { throw .usage("--diagnose: logs are diagnosed, and '\(figure.rawValue)' is made of frames") }
    }
    if format == .auto, !diagnoses, let path = common.output, let ending, Settings.otherPictures.contains(ending) {
      throw .usage("-o \(path): figures are SVG, FILE.svg, or text; no .\(ending) is written")
    }
    if isSVG, color != .auto { throw .usage("--color: an SVG has colours in any case; it is for text") }
    if diagnoses, let option = optionsOfDrawing.first {
      throw .usage("\(option): --diagnose writes words and draws nothing")
    }
    if let figure { try checkFigure(figure) }
    if let size {
      let (columns, rows) = isSVG ? (100...10_000, 100...10_000) : (20...1000, 8...1000)
      guard columns.contains(size.width), rows.contains(size.height) else {
        let due = isSVG ? "100 to 10000 pixels each way" : "20 to 1000 columns and 8 to 1000 rows"
        throw .usage("--size \(size.width)x\(size.height): \(due) are due")
      }
    }
    if follows, diagnoses { throw .usage("--follow and --diagnose exclude each other") }
  }

  /// Fails when an option was given that the figure has no use for.
  func checkFigure(_ figure: FigureKind) throws(Failure) {
    guard figure != .curves, let option = optionsOfCurves.first else { return }
    throw .usage("\(option): is for learning curves, and the figure is '\(figure.rawValue)'")
  }

  /// What was asked for that only learning curves have.
  private var optionsOfCurves: [String] {
    [
      ("--panels", curves.panels != nil), ("--x", curves.horizontal != .epoch), ("--log-loss", curves.isLogarithmic),
      ("--mean", curves.drawsMeans),
    ].filter(\.1).map(\.0)
  }

  /// What was asked for that only a drawing has.
  private var optionsOfDrawing: [String] {
    optionsOfCurves
      + [
        ("--format", format != .auto), ("--size", size != nil), ("--title", title != nil), ("--color", color != .auto),
      ].filter(\.1).map(\.0)
  }

  /// A size such as 80x24.
  static func size(_ text: String) throws(Failure) -> (width: Int, height: Int)? {
    let shape = (try? Shape.parse(text)) ?? []
    guard shape.count == 2 else { throw .usage("a width and a height are due, such as 80x24") }
    return (shape[0], shape[1])
  }

  /// Names of panels, separated by commas; 'all' are those of the log.
  static func panels(_ text: String) throws(Failure) -> [CurvesFigure.Panel]? {
    var panels: [CurvesFigure.Panel] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let panel = CurvesFigure.Panel(rawValue: String(word)) else {
        throw .usage(Nearest.unknown(String(word), "panel", among: CurvesFigure.Panel.names))
      }
      panels.append(panel)
    }
    return panels
  }
}
