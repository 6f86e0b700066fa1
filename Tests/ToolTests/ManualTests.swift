import Testing

/// The manual, --help and the README are held to what the tools do: their commands are run, their options compared.
@Suite("Manual")
struct ManualTests {
  static let pages = Files.names(in: Places.manual)

  @Test("the prepared files can be made")
  func prepares() {
    #expect(Prepared.outcome.status == 0, "Tests/Tools/prepare.sh: \(Prepared.outcome.errors)")
  }

  @Test("page is clean for mandoc", arguments: pages)
  func isClean(_ page: String) {
    let outcome = Command(
      script:
        "command -v mandoc > /dev/null || exit 0; mandoc -T lint -W warning \(quoted("\(Places.manual)/\(page)"))",
      directory: Places.manual
    ).run()
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
  }

  @Test("page lists the options of --help and has its sections", arguments: Places.toolNames)
  func listsOptions(_ tool: String) throws {
    let page = try #require(ManualPage("\(Places.manual)/\(tool).1"), "man/\(tool).1 is missing")
    #expect(page.options == HelpText.of(tool).names)
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "DIAGNOSTICS", "SEE ALSO"] {
      #expect(page.sections.contains { $0 == section }, "no section \(section)")
    }
    #expect(!page.commands(in: "EXAMPLES").isEmpty, "no example")
  }

  @Test("examples of a page run", arguments: pages)
  func examplesRun(_ name: String) throws {
    let page = try #require(ManualPage("\(Places.manual)/\(name)"))
    runAll(page.commands(in: "EXAMPLES"))
  }

  @Test("examples of --help run", arguments: Places.toolNames)
  func helpExamplesRun(_ tool: String) { runAll(HelpText.of(tool).examples) }

  @Test("commands of the README run")
  func readmeRuns() throws {
    let text = try #require(Files.text("\(Places.package)/README.md"), "README.md is missing")
    runAll(ManualTests.shellBlocks(of: text))
  }

  /// The blocks between "```sh" and "```".
  static func shellBlocks(of text: String) -> [String] {
    var blocks: [String] = []
    var block: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let lines = block {
        if line == "```" { blocks.append(lines.joined(separator: "\n")) }
        block = line == "```" ? nil : lines + [line]
      } else if line == "```sh" {
        block = []
      }
    }
    return blocks
  }

  /// Runs commands one after the other in one copy of the prepared files.
  private func runAll(_ commands: [String]) {
    guard !commands.isEmpty else { return }
    let directory = Prepared.copy()
    for command in commands {
      let outcome = Command(script: "set -e\n\(command)", directory: directory.path).run()
      #expect(outcome.status == 0, "\(command)\n\(outcome.errors)")
      if outcome.status != 0 { return }
    }
  }
}
