import CommandLine
import Tensors

@main
enum Report {
  struct Settings {
    var common = CommonOptions()
    var title: String?
    var shape: ImageShape?
    var examples = 10
    var commands: String?
  }

  static func main() {
    Tool<Settings>(
      "nn-report",
      purpose: "one page about a run: data, model, curves, mistakes, commands",
      examples: [
        "nn-report model.st p1.st test.st --shape 8x8 -o report.html",
        "nn-predict model.st test.st | nn-report model.st - test.st > report.html",
      ],
      notes: [
        "The operands are, in any order, what there is of a model, data, logs of nn-train and predictions; the page, in "
          + "HTML, has a section for each."
      ],
      defaults: Settings(),
      options: [
        .text("title", value: "TEXT", \.title, "what the page is called (default: Report)"),
        .parsed("shape", value: "HxW", \.shape, "flat rows are images of this height and width (and xC, channels)") {
          (text) throws(Failure) in try ImageShape(parsing: text)
        },
        .integer("examples", in: 0...1000, \.examples, "rows of data, and mistakes, to show (default 10)"),
        .file("commands", \.commands, "the commands of the run, such as its Makefile or script"),
        .output(\.common, "write to FILE instead of standard output"),
        .quiet(\.common),
      ],
      run: run
    ).main()
  }

  static func run(_ settings: Settings, _ operands: [String]) throws {
    let streams = (operands.isEmpty ? ["-"] : operands) + [settings.commands].compactMap(\.self)
    guard streams.count(where: { $0 == "-" }) <= 1 else {
      throw Failure.usage("'-' (standard input) can be given only once")
    }
    if let path = settings.common.output { try ByteSink.check(path: path) }
    var findings = Findings()
    for path in operands.isEmpty ? ["-"] : operands { try findings.read(ByteSource(path: path)) }
    if let path = settings.commands { try findings.readCommands(ByteSource(path: path)) }
    if let shape = settings.shape { try findings.check(shape) }
    let title = settings.title ?? "Report"
    let page = Page(findings, shape: settings.shape, examples: settings.examples)
    let html = try page.content(title: title).document(title: title)
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    try sink.write(html)
    try sink.finish()
  }
}
