import Testing

/// Standard input and output of every tool: full disks, closed descriptors, broken pipes, terminals.
@Suite("Streams")
struct StreamConventions {
  static let tools = Places.toolNames.filter { Invocation.all[$0] != nil }

  private func invocation(_ tool: String) throws -> Invocation { try #require(Invocation.all[tool]) }

  private func run(
    _ script: String, input: Command.Stream = .usual, output: Command.Stream = .usual
  ) -> Outcome {
    let directory = Prepared.copy()
    return Command(script: script, directory: directory.path, input: input, output: output).run()
  }

  @Test("the invocation works", arguments: tools)
  func works(_ tool: String) throws {
    let entry = try invocation(tool)
    let outcome = run("\(tool) \(entry.words())")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.output.isEmpty)
    #expect(outcome.errors.isEmpty, "--quiet is not quiet: \(outcome.errors)")
    guard let stream = entry.stream else { return }
    let piped = run("cat \(quoted(stream)) | \(tool) \(entry.words(streaming: true))")
    #expect(piped.status == 0, "\(piped.errors)")
    #expect(piped.output == outcome.output, "the result differs when \(stream) comes through a pipe")
  }

  @Test("a full disk is told", arguments: tools)
  func fullDisk(_ tool: String) throws {
    for arguments in ["--help", "--version", "--completion bash", try invocation(tool).words()] {
      let outcome = run("\(tool) \(arguments) > /dev/full")
      #expect(outcome.status == 1)
      #expect(outcome.errors == "\(tool): standard output: No space left on device\n", "\(arguments)")
    }
  }

  @Test("a closed standard output is told", arguments: tools)
  func closedOutput(_ tool: String) throws {
    for arguments in ["--help", try invocation(tool).words()] {
      let outcome = run("\(tool) \(arguments) >&-")
      #expect(outcome.status == 1)
      #expect(outcome.errors == "\(tool): standard output: Bad file descriptor\n", "\(arguments)")
    }
  }

  @Test("a closed standard error changes nothing", arguments: tools)
  func closedError(_ tool: String) throws {
    let words = try invocation(tool).words()
    let outcome = run("\(tool) \(words) 2>&-")
    #expect(outcome.status == 0)
    #expect(outcome.output == run("\(tool) \(words)").output)
    #expect(run("\(tool) --no-such-option 2>&-").status == 2)
  }

  @Test("a closed standard input is told", arguments: tools)
  func closedInput(_ tool: String) throws {
    let entry = try invocation(tool)
    guard entry.stream != nil else { return }
    let outcome = run("\(tool) \(entry.words(streaming: true)) <&-")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "\(tool): standard input: Bad file descriptor\n")
    #expect(outcome.output.isEmpty)
  }

  @Test("empty standard input is told", arguments: tools)
  func emptyInput(_ tool: String) throws {
    let entry = try invocation(tool)
    guard entry.stream != nil else { return }
    for input in [Command.Stream.usual, .bytes([])] {
      let outcome = run("\(tool) \(entry.words(streaming: true))", input: input)
      #expect(outcome.status == 3)
      #expect(outcome.errors.hasPrefix("\(tool): standard input: empty: "), "\(outcome.errors)")
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.output.isEmpty)
    }
  }

  @Test("a broken pipe is quiet, whatever the parent does with SIGPIPE", arguments: tools)
  func brokenPipe(_ tool: String) throws {
    let words = try invocation(tool).words()
    for script in [
      "\(tool) \(words)", "trap '' PIPE; \(tool) \(words)", "\(tool) --help", "trap '' PIPE; \(tool) --help",
    ] {
      let outcome = run(script, output: .broken)
      #expect(outcome.status == 141, "\(script)")
      #expect(outcome.errors.isEmpty, "\(script): \(outcome.errors)")
    }
  }

  @Test("frames are not shown on a terminal", arguments: tools)
  func terminalOutput(_ tool: String) throws {
    let entry = try invocation(tool)
    let outcome = run("\(tool) \(entry.words())", output: .terminal)
    guard entry.writesFrames else {
      #expect(outcome.status == 0)
      #expect(!outcome.output.isEmpty)
      return
    }
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("terminal") && outcome.errors.contains("-o") && outcome.errors.contains(">"))
    for place in ["-", "/dev/stdout", "/dev/fd/1", "$device"] {
      let named = run("device=$(readlink /proc/$$/fd/1); \(tool) \(entry.words()) -o \(place)", output: .terminal)
      #expect(named.status == 2, "\(place)")
      #expect(named.output.isEmpty)
      #expect(named.errorLines.count == 1 && named.errors.contains("terminal"), "\(place): \(named.errors)")
    }
  }

  @Test("a log on the terminal clears the line of progress before", arguments: ["/dev/stderr", "-"])
  func logOverProgress(_ log: String) throws {
    let outcome = run(
      "TERM=xterm nn-train init.st train.st -e 2 -o out.st --log \(log) 2>&1", output: .terminal)
    #expect(outcome.status == 0)
    let lines = outcome.text.split(whereSeparator: \.isNewline)
    let logged = lines.filter { $0.contains("{\"epoch\"") }
    #expect(logged.count == 2, "\(outcome.text)")
    #expect(logged.first?.contains("\u{1b}[K{\"epoch\"") == true, "\(outcome.text.debugDescription)")
    #expect(!lines.contains { $0.hasSuffix("}") && !$0.contains("\u{1b}[K{") && !$0.hasPrefix("{") })
  }

  @Test(
    "standard input that is a terminal is no second input either",
    arguments: [
      "nn-train init.st train.st --valid -", "nn-prep --like - test.st", "nn-init -i 64 dense:10 --weights -",
      "nn-init -i 64 -f -",
    ])
  func terminalSecondInput(_ command: String) {
    let outcome = run("\(command) -o out.st", input: .terminal)
    let tool = command.prefix { $0 != " " }
    #expect(outcome.status == 2)
    #expect(outcome.errors == "\(tool): standard input is a terminal; try '\(tool) --help'\n")
  }

  @Test("standard input that is a terminal gives a short help", arguments: tools)
  func terminalInput(_ tool: String) throws {
    let outcome = run("\(tool) > out", input: .terminal)
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(tool))
    guard try invocation(tool).stream != nil else { return }
    #expect(outcome.errors.contains("Usage: \(tool) "))
    #expect((3...12).contains(outcome.errorLines.count), "\(outcome.errors)")
  }

  @Test("standard input is read once only", arguments: tools)
  func secondDash(_ tool: String) throws {
    let entry = try invocation(tool)
    guard entry.stream != nil else { return }
    let outcome = run("\(tool) \(entry.words(streaming: true)) - < test.st")
    #expect(outcome.status == 2)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("'-'"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("an input that is not there is told", arguments: tools)
  func missingInput(_ tool: String) throws {
    let entry = try invocation(tool)
    guard let stream = entry.stream else { return }
    let outcome = run("rm \(stream); \(tool) \(entry.words())")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "\(tool): \(stream): No such file or directory\n")
    // A folder of images is an input of nn-import, and has cases there.
    guard tool != "nn-import" else { return }
    let directory = run("rm \(stream); mkdir \(stream); \(tool) \(entry.words())")
    #expect(directory.status == 1)
    #expect(directory.errors == "\(tool): \(stream): Is a directory\n")
  }

  @Test("input of the wrong kind is told", arguments: tools)
  func wrongKind(_ tool: String) throws {
    let entry = try invocation(tool)
    guard let other = entry.wrongKind else { return }
    let outcome = run("\(tool) \(entry.words(streaming: true)) < \(other)")
    #expect(outcome.status == 3)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("\(tool): ") && outcome.errors.contains("standard input"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("the locale and the environment change nothing", arguments: tools)
  func environment(_ tool: String) throws {
    let words = try invocation(tool).words()
    let plain = run("\(tool) \(words)")
    let other = run(
      "export LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Tokyo COLUMNS=33 NO_COLOR=1 HOME=/; \(tool) \(words)")
    #expect(plain.output == other.output)
  }
}
