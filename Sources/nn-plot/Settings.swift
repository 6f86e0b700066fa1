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
  var isSVG: Bool { format == .svg || format == .auto && common.output?.hasSuffix(".svg") == true }

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
    if let size {
      let (columns, rows) = isSVG ? (100...10_000, 100...10_000) : (20...1000, 8...1000)
      guard columns.contains(size.width), rows.contains(size.height) else {
        let due = isSVG ? "100 to 10000 pixels each way" : "20 to 1000 columns and 8 to 1000 rows"
        throw .usage("--size \(size.width)x\(size.height): \(due) are due")
      }
    }
    if follows, diagnoses { throw .usage("--follow and --diagnose exclude each other") }
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
