import Testing

/// A folder `Tests/Tools/<tool>/<case>`: `cmd` is run in an empty directory, with the built tools on PATH, $DATA the
/// folder examples/data and $CASE the case's folder; what it prints and its status are compared byte by byte with
/// `expout`, `experr` (absent: nothing) and `expstatus` (absent: 0).
struct Case: Sendable, CustomTestStringConvertible {
  let tool: String
  let name: String
  var folder: String { "\(Places.cases)/\(tool)/\(name)" }
  var testDescription: String { "\(tool)/\(name)" }

  static let all: [Case] = Files.names(in: Places.cases).flatMap { tool in
    Files.names(in: "\(Places.cases)/\(tool)").map { Case(tool: tool, name: $0) }
  }.filter { Files.exists("\($0.folder)/cmd") }

  func run() -> Outcome {
    let directory = Scratch()
    let command = Command(
      script: "source \"$CASE/cmd\"", directory: directory.path, environment: ["CASE": folder])
    return command.run()
  }

  /// Writes what the case prints now as what is expected; for the eye to review with git diff.
  func regenerate(_ outcome: Outcome) {
    Files.write(outcome.output, to: "\(folder)/expout")
    write(outcome.errors, "experr", unless: outcome.errors.isEmpty)
    write("\(outcome.status)\n", "expstatus", unless: outcome.status == 0)
  }

  private func write(_ text: String, _ file: String, unless isAbsent: Bool) {
    if isAbsent { Files.remove("\(folder)/\(file)") } else { Files.write(text, to: "\(folder)/\(file)") }
  }

  /// The number in `expstatus`.
  var expectedStatus: Int32 {
    let text = Files.text("\(folder)/expstatus") ?? "0"
    return Int32(text.split(whereSeparator: \.isWhitespace).first ?? "0") ?? -1
  }
}

@Suite("Cases")
struct CaseTests {
  @Test("case", arguments: Case.all)
  func holds(_ example: Case) {
    let outcome = example.run()
    #expect(!outcome.timedOut, "takes more than a minute")
    if Places.environment("NN_REGENERATE") == "1", !outcome.timedOut { return example.regenerate(outcome) }
    #expect(outcome.status == example.expectedStatus, "exit status; on standard error: \(outcome.errors)")
    #expect(outcome.errors == Files.text("\(example.folder)/experr") ?? "", "standard error")
    let expected = Files.bytes("\(example.folder)/expout") ?? []
    if outcome.output != expected {
      Issue.record(
        "standard output is:\n\(shown(outcome.output))\nand not, as \(example.folder)/expout says:\n\(shown(expected))")
    }
  }

  /// Text as it is, other bytes as their number.
  private func shown(_ bytes: [UInt8]) -> String {
    String(validating: bytes.prefix(4000), as: UTF8.self) ?? "\(bytes.count) bytes that are no text"
  }

  @Test("every tool has cases")
  func everyToolHasCases() {
    for tool in Places.toolNames {
      #expect(Case.all.contains { $0.tool == tool }, "no case under Tests/Tools/\(tool)")
    }
  }

  @Test("every example has a case of its name")
  func everyExampleHasACase() {
    let scripts = Files.names(in: "\(Places.package)/examples").filter { $0.hasSuffix(".sh") }
    #expect(!scripts.isEmpty)
    for script in scripts {
      #expect(Case.all.contains { $0.tool == "examples" && "\($0.name).sh" == script }, "no case for \(script)")
    }
  }
}
