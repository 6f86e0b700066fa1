import Testing

/// --help, --version, completion and the errors of the command line, of every tool.
@Suite("Command lines")
struct CommandLineConventions {
  private func run(_ script: String) -> Outcome {
    let directory = Scratch()
    return Command(script: script, directory: directory.path).run()
  }

  /// A usage error: status 2, one line that begins with the tool's name, nothing on standard output.
  private func expectUsage(_ outcome: Outcome, _ tool: String, _ words: String...) {
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("\(tool): "))
    #expect(outcome.errors.contains("try '\(tool) --help'"), "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
  }

  @Test("every tool has an entry in the table of invocations")
  func everyToolHasAnInvocation() {
    for tool in Places.toolNames {
      #expect(
        Invocation.all[tool] != nil,
        "\(tool) has no entry in Invocation.all (Tests/ToolTests/Support/Invocations.swift): give it a command line")
    }
  }

  @Test("--help", arguments: Places.toolNames)
  func help(_ tool: String) {
    let help = HelpText.of(tool)
    #expect(help.outcome.status == 0)
    #expect(help.outcome.errors.isEmpty)
    #expect(help.outcome.text.hasPrefix("\(tool) - "))
    #expect(help.outcome.text.contains("\nUsage: \(tool) "))
    #expect(help.examples.count >= 2, "two examples are due")
    #expect(help.lines.contains { $0.hasSuffix("ptions:") || $0 == "Common:" }, "no heading of options")
    #expect(help.outcome.text.hasSuffix("See man \(tool) for more.\n"))
    for line in help.lines { #expect(line.count <= 80, "longer than 80 columns: \(line)") }
    for name in ["--help", "-h", "--version", "-V", "--completion", "--quiet", "-q"] {
      #expect(help.has(name), "no option \(name)")
    }
    let short = run("\(tool) -h")
    #expect(short.output == help.outcome.output)
  }

  @Test("--version", arguments: Places.toolNames)
  func version(_ tool: String) {
    let outcome = run("\(tool) --version && \(tool) -V")
    #expect(outcome.status == 0)
    #expect(outcome.text == "\(tool) 0.1.0\n\(tool) 0.1.0\n")
    #expect(outcome.errors.isEmpty)
  }

  @Test("an unknown option names the nearest", arguments: Places.toolNames)
  func unknownOption(_ tool: String) {
    expectUsage(run("\(tool) --quite"), tool, "'--quite'", "did you mean '--quiet'")
    expectUsage(run("\(tool) --no-such-thing-at-all"), tool, "'--no-such-thing-at-all'")
    expectUsage(run("\(tool) -~"), tool, "'-~'")
    expectUsage(run("\(tool) --quiet=yes"), tool, "--quiet takes no value")
    expectUsage(run("\(tool) --help --quite"), tool, "'--quite'")
  }

  @Test("a missing value is told", arguments: Places.toolNames)
  func missingValue(_ tool: String) {
    for option in HelpText.of(tool).options where option.value != nil {
      for name in option.long { expectUsage(run("\(tool) \(name)"), tool, name, "due") }
      if let short = option.short { expectUsage(run("\(tool) \(short)"), tool, short, "due") }
    }
  }

  @Test("a bad number is told", arguments: Places.toolNames)
  func badNumber(_ tool: String) {
    let numeric: Set = ["N", "K", "X", "I", "ROWS"]
    for option in HelpText.of(tool).options where numeric.contains(option.value ?? "") {
      let whole = option.value == "X" ? [] : ["99999999999999999999999", "1.5"]
      for value in ["1x", "", "nan", "0x10", "1e999", "--"] + whole {
        for name in option.long { expectUsage(run("\(tool) \(name)='\(value)'"), tool, name, "due") }
      }
    }
  }

  @Test("a bad shell is told", arguments: Places.toolNames)
  func badShell(_ tool: String) {
    expectUsage(run("\(tool) --completion fishh"), tool, "did you mean 'fish'")
  }

  @Test("the completion scripts parse, and what they ask for offers every option", arguments: Places.toolNames)
  func completion(_ tool: String) {
    for shell in ["bash", "zsh", "fish"] {
      let outcome = run(
        "\(tool) --completion \(shell) > script; ! command -v \(shell) > /dev/null || \(shell) -n script")
      #expect(outcome.status == 0, "\(shell) -n: \(outcome.errors)")
    }
    let offers = Offers.of("\(tool) -")
    #expect(Set(offers.map(String.init)) == HelpText.of(tool).names)
  }

  @Test("a request for completion that makes no sense is answered with nothing", arguments: Places.toolNames)
  func senselessCompletion(_ tool: String) {
    for request in ["", "x", "-1", "0 \(tool)", "2 \(tool) a", "99999999999999999999 a"] {
      let outcome = run("\(tool) --complete \(request)")
      #expect(outcome.text == "words\n" && outcome.status == 0 && outcome.errors.isEmpty, "\(request)")
    }
  }
}
