import Testing

@testable import CommandLine
@testable import Tensors

private struct Settings {
  var common = CommonOptions()
  var isOn = false
  var word = Word.one
  enum Word: String, CaseIterable { case one, two }
}

private var tool: Tool<Settings> {
  Tool(
    "nn-sample", purpose: "show how help looks", examples: ["nn-sample a.st", "nn-sample -q b.st"],
    notes: ["A note that is long enough to be wrapped over two lines, since eighty columns are the limit of all text."],
    defaults: Settings(),
    options: [
      .toggle(
        "an-option-with-a-rather-long-name", \.isOn, "which makes its summary stand on a line of its own, wrapped"),
      .choice("word", value: "WORD", \.word, "one's [word]"),
      .output(\.common, "where the result goes"), .quiet(\.common), .seed(\.common), .threads(\.common),
    ]
  ) { _, _ in }
}

/// The text of --help and the completion scripts.
@Suite("Help")
struct HelpTests {
  @Test("no line is longer than 80 columns")
  func width() {
    for line in tool.help.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    #expect(tool.help.hasPrefix("nn-sample - show how help looks\n\nUsage: nn-sample [OPTION ...] [FILE ...]\n"))
    #expect(tool.help.contains("\nExamples:\n  nn-sample a.st\n  nn-sample -q b.st\n"))
    #expect(tool.help.contains("\n      --[no-]an-option-with-a-rather-long-name\n"))
    #expect(tool.help.contains("\n  -o, --output FILE         where the result goes\n"))
    #expect(tool.help.hasSuffix("\nSee man nn-sample for more.\n"))
  }

  @Test("words are wrapped, lines kept, long words left whole")
  func wrapping() {
    let long = String(repeating: "x", count: 100)
    #expect(Help.wrap("a \(long) b", indent: 2) == "  a\n  \(long)\n  b\n")
    #expect(Help.wrap("a\nb", indent: 0) == "a\nb\n")
    let exact = String(repeating: "y ", count: 40).dropLast()
    #expect(Help.wrap(String(exact), indent: 0) == exact + "\n")
  }

  @Test("every tool's own options come with help, version and completion")
  func table() {
    let names = tool.table.map(\.long)
    #expect(names.suffix(3) == ["help", "version", "completion"])
    #expect(Set(names).count == names.count)
  }

}
