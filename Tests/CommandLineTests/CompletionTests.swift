import Testing

@testable import CommandLine
@testable import Tensors

private struct Settings {
  var common = CommonOptions()
  var isOn = false
  var word = Word.one
  var files: [String] = []
  enum Word: String, CaseIterable { case one, two, three }
}

/// What is offered at each place of a command line.
@Suite("Completion")
struct CompletionTests {
  private let completer: Completer<Tool<Settings>.State> = {
    let tool = Tool<Settings>(
      "nn-sample", purpose: "complete", examples: [], defaults: Settings(),
      options: [
        .toggle("on", \.isOn, "a switch"),
        .choice("word", short: "w", value: "WORD", \.word, "a word"),
        .repeated("list", value: "LIST", \.files, "words", completion: .list(["one", "two"])) { $0 },
        .repeated(
          "operand", value: "X", \.files, "an operand",
          completion: .offers { line in line.operands.map { Completion.Offer($0, "operand") } }
        ) { $0 },
        .output(\.common, "a file"), .seed(\.common), .quiet(\.common),
      ], completion: .files(["txt"])
    ) { _, _ in }
    return Completer(options: tool.table, operands: tool.completion)
  }()

  /// The answer where the cursor is at the end of the last word, or of the word of a number.
  private func answer(_ words: String..., at cursor: Int? = nil) -> (endings: [String]?, texts: [String]) {
    let words = ["nn-sample"] + words
    let answer = completer.answer(["\(cursor ?? words.count - 1)"] + words)
    return (answer.endings, answer.offers.map(\.text))
  }

  @Test("names of options")
  func options() {
    #expect(answer("--o").texts == ["--on", "--operand", "--output"])
    #expect(answer("--n").texts == ["--no-on"])
    #expect(answer("-").texts.contains("-w"))
    #expect(answer("--on", "--no-").texts == ["--no-on"])
    #expect(answer("--none").texts.isEmpty)
    #expect(answer("--on", "--on=").texts.isEmpty)
  }

  @Test("values, behind a blank, an equals sign and a cluster")
  func values() {
    #expect(answer("--word", "t").texts == ["two", "three"])
    #expect(answer("--word=t").texts == ["--word=two", "--word=three"])
    #expect(answer("-qw", "o").texts == ["one"])
    #expect(answer("--list", "one,t").texts == ["one,two"])
    #expect(answer("--seed", "").texts.isEmpty)
    #expect(answer("--seed", "").endings == nil)
    #expect(answer("--output", "").endings == ["st", "safetensors"])
    #expect(answer("--output=").endings == ["st", "safetensors"])
    #expect(answer("--word", "--").texts.isEmpty)
  }

  @Test("operands, also where a value is attached to its option, and behind --")
  func operands() {
    for words in [["--word=one"], ["-qwone"], ["--on"], ["--"], ["--word", "one"], ["a", "-"], ["--unknown"]] {
      let words = ["nn-sample"] + words + [""]
      #expect(completer.answer(["\(words.count - 1)"] + words).endings == ["txt"], "\(words)")
    }
    let hidden = answer("--", "--on")
    #expect(hidden.endings == ["txt"] && hidden.texts.isEmpty)
  }

  @Test("what depends on the operands sees those on both sides")
  func dependent() {
    #expect(answer("a", "--operand", "", "--word", "one", "b", at: 3).texts == ["a", "b"])
    #expect(answer("a", "--operand", "b", "c", at: 3).texts.isEmpty)
    #expect(answer("--", "-a", "--operand", "").endings == ["txt"])
  }

  @Test("the text of an answer, and the scripts' names")
  func text() {
    #expect(completer.answer(["1", "nn-sample", ""]).text == "files txt\n")
    #expect(completer.answer(["2", "nn-sample", "--word", "o"]).text == "words\none\t\n")
    for shell in Shell.allCases {
      let script = CompletionScript(tool: "nn-sample").text(for: shell)
      #expect(script.contains("nn-sample") && !script.contains("nn_train"))
    }
  }
}
