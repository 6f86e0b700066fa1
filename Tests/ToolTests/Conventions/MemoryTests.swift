import Testing

/// Streams and files that are larger than the memory: frame by frame in little of it, rows that are trained on where they
/// lie, and one line when it is not enough.
@Suite("Memory")
struct MemoryTests {
  /// How many megabytes of rows pass; `make check-streams` asks for more.
  private static let megabytes = Places.environment("NN_STREAM_MB").flatMap { Int($0) } ?? 150
  /// The address space that a tool has for them, in KiB.
  private static let space = 65536

  /// A directory in which a script has run.
  private func directory(_ script: String) -> Scratch {
    let directory = Prepared.copy()
    let made = Command(script: "set -e\n\(script)", directory: directory.path).run()
    #expect(made.status == 0, "\(made.errors)")
    return directory
  }

  /// Runs a command and leaves in `peak` the most memory that it had at once, in KiB, as far as 50 looks a second see.
  private static let watched = """
    watched() {
      "$@" <&0 &
      local process=$!
      while read -r _ size _ < <(grep VmHWM /proc/$process/status 2>/dev/null); do peak=$size; sleep 0.02; done
      wait $process
      local status=$?
      echo "${peak:-0}" >peak
      return $status
    }
    """

  private func report(_ what: String, _ passed: String, _ directory: Scratch) {
    let peak = Files.text(directory.file("peak")).flatMap { Int($0.filter(\.isNumber)) } ?? 0
    #expect(peak > 1000)
    print("Memory: \(what): \(passed), \(peak / 1024) MB at most")
  }

  @Test("a stream larger than the memory passes", arguments: PipelineTests.filters)
  func stream(_ filter: String) throws {
    let directory = directory(
      """
      nn-import -q --label digit --chunk 200 digits.csv.gz > chunked.st
      nn-prep -q --center --scale digits.st -o prepared.st
      nn-predict -q model.st chunked.st > predicted.st
      for i in {1..25}; do cat \(PipelineTests.stream(filter)); done > many.st
      """)
    let size = try #require(Files.bytes(directory.file("many.st"))?.count)
    let times = max(1, MemoryTests.megabytes * 1_000_000 / size)
    let script = """
      \(MemoryTests.watched)
      for ((i = 0; i < \(times); i++)); do cat many.st; done |
        { ulimit -v \(MemoryTests.space); watched \(filter); } >/dev/null
      """
    let outcome = Command(script: script, directory: directory.path, seconds: 600).run()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    report(filter, "\(times * size / 1_000_000) MB from a pipe", directory)
  }

  @Test("rows are trained on where they lie in a file")
  func trainsOnAMapping() throws {
    let copies = max(90, MemoryTests.megabytes * 1_000_000 / 474_000)
    let directory = directory(
      "nn-import -q --label digit $(printf 'digits.csv.gz %.0s' {1..\(copies)}) -o large.st")
    let size = try #require(Files.bytes(directory.file("large.st"))?.count)
    // What is not mapped from a file has half of the rows' size at most: labels, order, batches, threads.
    let script = """
      \(MemoryTests.watched)
      nn-train -q -e 1 -b 100 init.st large.st -o free.st
      ulimit -d \(size / 2048)
      watched nn-train -q -e 1 -b 100 init.st large.st -o out.st && cmp free.st out.st
      """
    let outcome = Command(script: script, directory: directory.path, seconds: 600).run()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    report("nn-train", "a file of \(size / 1_000_000) MB, \(size / 2_000_000) MB besides it allowed", directory)
  }

  /// One segment, of at least four times as many bytes as the tool has for everything. `make check-streams` shows how
  /// long it takes beside a run that holds the rows.
  @Test("a stream four times as large as the memory is trained on")
  func trainsOnAStream() throws {
    let least = 4 * MemoryTests.space * 1024
    let copies = max(least, MemoryTests.megabytes * 1_000_000) / 474_000 + 1
    let directory = directory(
      """
      nn-import -q --label digit --chunk 1000 $(printf 'digits.csv.gz %.0s' {1..\(copies)}) > large.stream
      nn-init -q -i 64 dense:300 relu dense:100 relu dense:10 -o net.st
      stat -c %s large.stream > size
      """)
    let size = try #require(Files.text(directory.file("size")).flatMap { Int($0.dropLast()) })
    #expect(size > least)
    let run = "nn-train -q -b 100 --window 10000 net.st -"
    let stream = """
      \(MemoryTests.watched)
      cat large.stream | { ulimit -v \(MemoryTests.space); watched \(run) --stream -o out.st; }
      """
    let start = now()
    let outcome = Command(script: stream, directory: directory.path, seconds: 600).run()
    let seconds = now() - start
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    report("nn-train --stream", "\(size / 1_000_000) MB from a pipe", directory)
    // The same rows, held.
    let held = Command(
      script: "cat large.stream | \(run) -e 1 -o held.st && cmp out.st held.st", directory: directory.path, seconds: 600
    ).run()
    #expect(held.status == 0, "\(held.errors)\(held.text)")
    let ratio = (now() - start - seconds) / seconds
    print("Memory: nn-train --stream: \((ratio * 100).rounded() / 100) times as fast as with the rows in memory")
  }

  @Test("training that does not fit the memory is refused in a line")
  func refusesTraining() {
    let directory = directory("nn-import -q --label digit --chunk 2000 digits.csv.gz > chunked.st")
    let script = """
      for i in {1..100}; do cat chunked.st; done > large.st
      ulimit -v 65536; nn-train -q -e 1 init.st large.st -o out.st
      """
    let outcome = Command(script: script, directory: directory.path).run()
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(!Files.exists(directory.file("out.st")))
  }

  /// From an address space that has room for the program but not for its libraries, to one that is enough.
  @Test("little memory is enough, or is refused in a line", arguments: FileConventions.tools)
  func littleMemory(_ tool: String) throws {
    let words = try #require(Invocation.all[tool]).words()
    let directory = Prepared.copy()
    Files.write("old\n", to: directory.file("out.st"))
    let before = Files.names(in: directory.path)
    let step = Places.environment("NN_EXHAUSTIVE") == nil ? 1021 : 127
    var (refused, enough) = (0, false)
    for kilobytes in stride(from: 13_000, to: 400_000, by: step) where !enough {
      let script = "ulimit -c 0 -v \(kilobytes); exec \(tool) \(words) -o out.st"
      let outcome = Command(script: script, directory: directory.path).run()
      enough = outcome.status == 0
      if enough || outcome.status == 127 { continue }  // 127: the loader of the libraries says so
      refused += 1
      #expect(outcome.status == 1, "\(kilobytes) KiB: \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(kilobytes) KiB: \(outcome.errors)")
      let isNamed = ["\(tool): ", "nn-tools: "].contains { outcome.errors.hasPrefix($0) }
      #expect(isNamed && outcome.errors.lowercased().contains("memory"), "\(kilobytes) KiB: \(outcome.errors)")
      #expect(Files.text(directory.file("out.st")) == "old\n")
      #expect(Files.names(in: directory.path) == before, "files were left")
    }
    #expect(enough)
    print("Memory: \(tool): refused in a line \(refused) times")
  }
}
