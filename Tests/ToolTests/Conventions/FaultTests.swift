import Testing

/// Every system call on a file fails once, in each tool, in each way: the answer is a result that is whole, or one line
/// with the system's words, status 1 and the old file as it was.
///
/// The calls fail by NN_FAULTS (Sources/Tensors/System/Faults.swift).
@Suite("Faults")
struct FaultTests {
  /// What a call can say, in the system's words; a short transfer is no failure.
  private static let errors = [
    "EIO": "Input/output error", "ENOSPC": "No space left on device", "EDQUOT": "Disk quota exceeded",
    "EROFS": "Read-only file system", "EMFILE": "Too many open files", "ENOMEM": "Cannot allocate memory",
    "EINTR": "Interrupted system call", "EAGAIN": "Resource temporarily unavailable", "EPIPE": "Broken pipe",
    "short": "",
  ]
  /// The ways of a usual run; `make check-faults` takes all.
  private static let ways =
    Places.environment("NN_EXHAUSTIVE") == nil ? ["EIO", "ENOSPC", "EINTR", "short"] : errors.keys.sorted()

  /// Command lines that write out.st.
  private static func commands(_ tool: String) -> [String] {
    let special = [
      "nn-train":
        "nn-train -q -e 2 -b 100 --valid valid.st --log log.jsonl --checkpoint part.st init.st train.st -o out.st",
      "nn-split":
        "nn-split -q --valid 0.1 digits.st -o 'part.{role}.st' && mv part.train.st out.st && rm part.valid.st",
    ]
    guard let entry = Invocation.all[tool] else { return [] }
    var commands = ["\(tool) \(entry.words()) -o out.st"]
    if let stream = entry.stream {
      commands.append("cat \(stream) | \(tool) \(entry.words(streaming: true)) -o out.st")
    }
    return commands + (special[tool].map { [$0] } ?? [])
  }

  @Test("one fault at every call", arguments: FileConventions.tools)
  func everyCallFails(_ tool: String) {
    var counts: [String: Int] = [:]
    for script in FaultTests.commands(tool) {
      let clean = Prepared.copy()
      let good = Command(script: script, directory: clean.path).run()
      #expect(good.status == 0, "\(script): \(good.errors)")
      let expected = Files.bytes(clean.file("out.st")) ?? []
      let directory = Prepared.copy()
      Files.write("old\n", to: directory.file("out.st"))
      let before = Files.names(in: directory.path)
      for name in FaultTests.ways {
        var number = 1
        while let call = fault(script, "any:\(number):\(name)", in: directory, before, expected: expected) {
          counts[call, default: 0] += 1
          number += 1
          if number > 2000 { break }
        }
      }
    }
    let total = counts.values.reduce(0, +)
    #expect(total > 0)
    let table = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    print("Faults: \(tool): \(total) injected, nothing lost: \(table)")
  }

  /// Runs with one fault and looks at what is left; the call that failed, nil when the run ended before it.
  private func fault(
    _ script: String, _ plan: String, in directory: Scratch, _ before: [String], expected: [UInt8]
  ) -> String? {
    let struck = directory.file(".struck")
    let words = FaultTests.errors[String(plan.split(separator: ":")[2])] ?? ""
    let outcome = Command(
      script: "set -o pipefail; \(script)", directory: directory.path, environment: ["NN_FAULTS": "\(plan):\(struck)"]
    ).run()
    let call = Files.text(struck)
    Files.remove(struck)
    let left = Files.bytes(directory.file("out.st")) ?? []
    let place: Comment = "\(plan) (\(call ?? "none")): \(script)\n\(outcome.errors)"
    if outcome.status == 0 {
      #expect(left == expected, place)
    } else {
      let isPipe = plan.hasSuffix("EPIPE") && call == "write"
      #expect(outcome.status == (isPipe ? 141 : 1), place)
      #expect(outcome.errorLines.count == (isPipe ? 0 : 1), place)
      let isMemory = call == "map" && outcome.errors.contains("out of memory")
      let places = before + ["log.jsonl", "part.", "standard input"]
      let isNamed = places.contains { outcome.errors.contains(": \($0)") } && outcome.errors.contains(": \(words)")
      #expect(isPipe || isMemory || isNamed, place)
      #expect(call != nil, place)
      // What is repeated is no failure.
      #expect(call == "map" || !["EINTR", "short"].contains { plan.hasSuffix($0) }, place)
      #expect(left == Array("old\n".utf8), place)
      if script.contains("--checkpoint") {
        let again = Command(script: script, directory: directory.path).run()
        #expect(again.status == 0, "again after \(place): \(again.errors)")
        #expect(Files.bytes(directory.file("out.st")) == expected, "again after \(place)")
        #expect(Files.text(directory.file("log.jsonl"))?.split(separator: "\n").count == 2, "again after \(place)")
      }
    }
    for name in Files.names(in: directory.path) where !before.contains(name) {
      #expect(name == "log.jsonl" || name.hasPrefix("part."), "\(name) is left; \(place)")
      Files.remove(directory.file(name))
    }
    Files.write("old\n", to: directory.file("out.st"))
    return call
  }

  @Test("a disk that is full, a file at its limit, memory at its limit", arguments: FileConventions.tools)
  func limits(_ tool: String) throws {
    let words = try #require(Invocation.all[tool]).words()
    let limits = [
      ("export NN_FAULTS=write:1+:ENOSPC;", "No space left on device"), ("ulimit -f 0;", "File too large"),
      ("mkdir full && mount -t tmpfs -o ro tmpfs full && cd full;", "Read-only file system"),
      (
        "mkdir full && mount -t tmpfs -o size=4k,nr_inodes=3 tmpfs full && cd full && "
          + "head -c 4096 /dev/zero > a 2> /dev/null;", "No space left on device"
      ),
    ]
    for (limit, message) in limits {
      let isMount = limit.contains("mount")
      if isMount, Command(script: "unshare -rm true", directory: Places.package).run().status != 0 { continue }
      let directory = Prepared.copy()
      Files.write("old\n", to: directory.file("out.st"))
      let before = Files.names(in: directory.path)
      let paths = isMount ? words.replacing("'", with: "") : words
      let script =
        isMount
        ? "unshare -rm bash -c '\(limit) \(tool) \(FaultTests.inParent(paths)) -o out.st; s=$?; [ ! -s out.st ]; exit $s'"
        : "\(limit) \(tool) \(words) -o out.st"
      let outcome = Command(script: script, directory: directory.path).run()
      #expect(outcome.status == 1, "\(script): \(outcome.errors)")
      #expect(outcome.errors == "\(tool): out.st: \(message)\n", "\(script)")
      #expect(Files.text(directory.file("out.st")) == "old\n")
      #expect(Files.names(in: directory.path).filter { $0 != "full" } == before, "files were left")
    }
  }

  /// The words of a command with its files in the directory above.
  private static func inParent(_ words: String) -> String {
    words.split(separator: " ").map { $0.contains(".") && !$0.hasPrefix("-") ? "../\($0)" : String($0) }
      .joined(separator: " ")
  }
}
