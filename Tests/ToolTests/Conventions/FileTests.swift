import Glibc
import Testing

/// Files that tools write with -o: whole or not at all, and nothing left behind.
@Suite("Output files")
struct FileConventions {
  static let tools = StreamConventions.tools.filter { HelpText.of($0).has("--output") }

  private func run(_ tool: String, _ script: String, in directory: Scratch) -> Outcome {
    Command(script: script, directory: directory.path).run()
  }

  private func words(_ tool: String) throws -> String { try #require(Invocation.all[tool]).words() }

  /// The result on standard output.
  private func result(_ tool: String, _ directory: Scratch) throws -> [UInt8] {
    run(tool, "\(tool) \(try words(tool))", in: directory).output
  }

  @Test("-o writes what standard output shows", arguments: tools)
  func writesTheResult(_ tool: String) throws {
    let directory = Prepared.copy()
    let expected = try result(tool, directory)
    let before = Files.names(in: directory.path)
    let outcome = run(tool, "umask 027; \(tool) \(try words(tool)) -o out.st && stat -c %a out.st", in: directory)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text == "640\n", "standard output, and the mode of the file")
    #expect(Files.bytes(directory.file("out.st")) == expected)
    #expect(Files.names(in: directory.path) == (before + ["out.st"]).sorted(), "files were left")
    let again = run(
      tool, "echo old > out.st; chmod 604 out.st; \(tool) --output=out.st \(try words(tool)) && stat -c %a out.st",
      in: directory)
    #expect(again.text == "604\n", "the old file's mode is kept")
    #expect(Files.bytes(directory.file("out.st")) == expected)
    #expect(run(tool, "\(tool) \(try words(tool)) -o -", in: directory).output == expected, "-o -")
    #expect(run(tool, "\(tool) \(try words(tool)) -o /dev/stdout | cat", in: directory).output == expected)
    #expect(
      run(tool, "\(tool) \(try words(tool)) -o /dev/fd/3 3>&1 >/dev/null | cat", in: directory).output == expected)
  }

  @Test("-o where no file can be", arguments: tools)
  func badPlaces(_ tool: String) throws {
    let directory = Prepared.copy()
    let before = Files.names(in: directory.path)
    let places = [
      (".", "Is a directory"), ("missing/out.st", "No such file or directory"), ("/proc/out.st", ""),
      ("digits.st/out.st", "Not a directory"), ("/dev/full", "No space left on device"),
    ]
    for (place, words) in places {
      let outcome = run(tool, "\(tool) \(try self.words(tool)) -o \(place)", in: directory)
      #expect(outcome.status == 1, "\(place): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("\(tool): \(place): \(words)"), "\(outcome.errors)")
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.output.isEmpty)
    }
    if geteuid() != 0 {
      let outcome = run(
        tool,
        "mkdir closed; chmod 555 closed; \(tool) \(try words(tool)) -o closed/out.st; s=$?; rmdir closed; exit $s",
        in: directory)
      #expect(outcome.status == 1)
      #expect(outcome.errors == "\(tool): closed/out.st: Permission denied\n")
    }
    #expect(Files.names(in: directory.path) == before, "files were left")
    let empty = run(tool, "\(tool) \(try words(tool)) -o ''", in: directory)
    #expect(empty.status == 2)
  }

  @Test("-o onto a symbolic link and a FIFO", arguments: tools)
  func linkAndPipe(_ tool: String) throws {
    let directory = Prepared.copy()
    let expected = try result(tool, directory)
    let script = """
      mkdir sub; echo old > sub/real.st; ln -s sub/real.st link.st; \(tool) \(try words(tool)) -o link.st || exit
      mkfifo fifo.st; cat fifo.st > through.st & \(tool) \(try words(tool)) -o fifo.st || exit; wait; test -p fifo.st
      """
    let outcome = run(tool, script, in: directory)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Files.isSymbolicLink(directory.file("link.st")), "the link itself was replaced")
    #expect(Files.bytes(directory.file("sub/real.st")) == expected)
    #expect(Files.bytes(directory.file("through.st")) == expected)
    #expect(Files.names(in: directory.file("sub")) == ["real.st"])
  }

  @Test("the output may be the input", arguments: tools)
  func inPlace(_ tool: String) throws {
    let entry = try #require(Invocation.all[tool])
    guard let stream = entry.stream else { return }
    let directory = Prepared.copy()
    let expected = try result(tool, directory)
    let outcome = run(tool, "\(tool) \(entry.words()) -o \(stream)", in: directory)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Files.bytes(directory.file(stream)) == expected)
  }

  @Test("a failure leaves the old file and nothing else", arguments: tools)
  func failure(_ tool: String) throws {
    let entry = try #require(Invocation.all[tool])
    guard let stream = entry.stream else { return }
    let directory = Prepared.copy()
    let script = """
      echo old > out.st; n=$(stat -c %s \(stream)); head -c $((n / 2)) \(stream) > cut
      \(tool) \(entry.words(streaming: true)) -o out.st < cut
      """
    let before = Files.names(in: directory.path)
    let outcome = run(tool, script, in: directory)
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(Files.text(directory.file("out.st")) == "old\n")
    #expect(Files.names(in: directory.path) == (before + ["cut", "out.st"]).sorted(), "files were left")
  }

  @Test("a signal leaves the old file and nothing else", arguments: tools)
  func signals(_ tool: String) throws {
    let entry = try #require(Invocation.all[tool])
    guard let stream = entry.stream else { return }
    for number in [SIGTERM, SIGINT, SIGQUIT] {
      let directory = Prepared.copy()
      let bytes = try #require(Files.bytes(directory.file(stream)))
      Files.write("old\n", to: directory.file("out.st"))
      let before = Files.names(in: directory.path)
      let outcome = Command(
        script: "ulimit -c 0; exec \(tool) \(entry.words(streaming: true)) -o out.st", directory: directory.path,
        input: .open(Array(bytes.prefix(bytes.count / 2))), seconds: 10, signal: (number, 0.3)
      ).run()
      #expect(outcome.status == 128 + number, "\(outcome.errors)")
      #expect(Files.text(directory.file("out.st")) == "old\n")
      #expect(Files.names(in: directory.path) == before, "files were left")
    }
  }
}
