import CommandLine
import Plots
import Tensors
import Training

@main
enum Plot {
  static func main() {
    Tool(
      "nn-plot",
      purpose: "draw learning curves, predictions and data",
      examples: [
        "nn-train -q init.st train.st --log run.jsonl -o m.st; nn-plot run.jsonl",
        "nn-predict model.st test.st | nn-plot --figure reliability -o reliability.svg",
        "nn-prep --pca 2 train.st | nn-plot",
      ],
      notes: [
        "What is drawn follows from the input: learning curves of logs of nn-train, a range test of those of nn-check "
          + "--lr-range, layers of reports of nn-check --activations --json; of predictions the confusion matrix, of "
          + "data the first two columns, of preparations the variances of their principal components."
      ],
      defaults: Settings(), options: options,
      completion: .files(["jsonl", "st", "safetensors"]), run: run
    ).main()
  }

  private static var options: [Option<Settings>] {
    let figure: [Option<Settings>] = [
      .parsed(
        "figure", short: "f", value: "WHICH", \.figure, "what to draw (default: by the input)",
        completion: .words(FigureKind.allCases.map(\.rawValue))
      ) { (text) throws(Failure) in
        guard let kind = FigureKind(rawValue: text) else {
          throw .usage(Nearest.unknown(text, "figure", among: FigureKind.allCases.map(\.rawValue)))
        }
        return kind
      },
      .parsed(
        "panels", value: "NAMES", \.curves.panels, "curves: what to show, such as loss,lr (default loss,accuracy)",
        completion: .list(CurvesFigure.Panel.names), parse: Settings.panels),
      .choice("x", value: "WHICH", \.curves.horizontal, "curves: count 'epoch' (default), 'step' or 'seconds'"),
      .flag("log-loss", \.curves.isLogarithmic, "curves: losses by their logarithm"),
      .flag(
        "mean", \.curves.drawsMeans, "curves: the mean of runs whose names differ in a last number, and its spread"),
      .flag("follow", short: "F", \.follows, "draw again while a run writes its log, until it ends"),
    ]
    let looks: [Option<Settings>] = [
      .choice("format", value: "WHICH", \.format, "'text', 'svg', or 'auto' (default): svg for -o FILE.svg"),
      .parsed(
        "size", value: "WxH", \.size, "columns and rows (default: the terminal's, or 80x24), or pixels of an SVG",
        parse: Settings.size),
      .text("title", value: "TEXT", \.title, "the line above the figure"),
      .choice(
        "color", value: "WHEN", \.color, "colours of text: 'always', 'never', or 'auto' (default): on a terminal"),
    ]
    let words: [Option<Settings>] = [
      .flag("diagnose", \.diagnoses, "say in words what the curves mean and what to try"),
      .flag("json", \.isJSON, "--diagnose: a JSON object a run"),
    ]
    return figure.map { $0.under("Figure") } + looks.map { $0.under("Looks") } + words.map { $0.under("Words") } + [
      .output(\.common, "write to FILE instead of standard output", completion: .files(["svg"])),
      .quiet(\.common),
    ]
  }

  static func run(_ settings: Settings, _ operands: [String]) throws {
    try settings.check(operands)
    if let path = settings.common.output { try ByteSink.check(path: path) }
    if settings.follows { return try Follower(settings, operands).run() }
    var material = Material(settings.figure)
    for path in operands.isEmpty ? ["-"] : operands { try material.read(ByteSource(path: path)) }
    try settings.checkFigure(material.kind ?? .curves)
    if settings.diagnoses {
      let sink = try ByteSink.open(path: settings.common.output ?? "-")
      try sink.write(try Diagnosis.text(of: material, asJSON: settings.isJSON))
      return try sink.finish()
    }
    let figure = try material.figure(settings.curves)
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    try sink.write(Rendering(settings).text(of: figure, on: sink))
    try sink.finish()
  }
}
