import Testing

/// Pipes as they are on a real machine: programs that die, writers and readers that are slow, streams of very many frames.
@Suite("Pipelines")
struct PipelineTests {
  /// Tools that work on frame after frame, the stream they want, and what stands before it.
  static let filters = [
    "nn-predict -q model.st -", "nn-prep -q --like prepared.st -", "nn-augment -q --shape 8x8 --shift 1 -",
    "nn-export -q -f csv -", "nn-show", "nn-eval -q -",
  ]

  /// The digits in frames, their predictions, and a preparation.
  private static func files(chunk: Int) -> String {
    """
    nn-import -q --label digit --chunk \(chunk) digits.csv.gz > chunked.st
    nn-prep -q --center --scale digits.st -o prepared.st
    nn-predict -q model.st chunked.st > predicted.st
    """
  }

  private func directory(chunk: Int) -> Scratch {
    let directory = Prepared.copy()
    let made = Command(script: "set -e\n\(PipelineTests.files(chunk: chunk))", directory: directory.path).run()
    #expect(made.status == 0, "\(made.errors)")
    return directory
  }

  static func stream(_ filter: String) -> String {
    filter.hasPrefix("nn-eval") ? "predicted.st" : "chunked.st"
  }

  @Test(
    "a frame for each row is no burden",
    arguments: filters + ["nn-train -q -e 1 init.st -", "nn-train -q --stream init.st -"])
  func tinyFrames(_ filter: String) {
    let directory = directory(chunk: 1)
    let stream = PipelineTests.stream(filter)
    let script = """
      for i in {1..6}; do cat \(stream); done > many.st
      cat many.st | \(filter) > /dev/null
      """
    let outcome = Command(script: script, directory: directory.path).run()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test(
    "a writer that dies leaves no result",
    arguments: filters + ["nn-train -q -e 1 init.st -", "nn-split -q --take 50 -"])
  func dyingWriter(_ filter: String) {
    let directory = directory(chunk: 300)
    let stream = PipelineTests.stream(filter)
    let size = Files.bytes(directory.file(stream))?.count ?? 0
    Files.write("old\n", to: directory.file("out.st"))
    let before = Files.names(in: directory.path)
    let command = "\(filter) -o out.st".replacing("nn-show -o", with: "nn-show >>")
    // Before the first frame, in its header, in its data, in a later frame, and one byte before the end.
    for count in [0, 5, 700, 20_000, size / 2, size - 1] {
      let script = "(head -c \(count) \(stream); kill -KILL $BASHPID) | \(command)"
      let outcome = Command(script: script, directory: directory.path).run()
      #expect(outcome.status == 3, "\(count): \(outcome.errors)")
      #expect(outcome.errorLines.count { !$0.contains("Killed") } == 1, "\(count): \(outcome.errors)")
      if !filter.hasPrefix("nn-show") { #expect(Files.text(directory.file("out.st")) == "old\n") }
      #expect(Files.names(in: directory.path) == before)
    }
    // Between two frames.
    let end = PipelineTests.lengthOfFirstFrame(Files.bytes(directory.file(stream)) ?? [])
    #expect(end > 1000 && end < size)
    let script = "(head -c \(end) \(stream); kill -KILL $BASHPID) | \(command)"
    let outcome = Command(script: script, directory: directory.path).run()
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("ends after frame 0"), "\(outcome.errors)")
  }

  /// Header length, header, and the largest end among its data_offsets.
  private static func lengthOfFirstFrame(_ bytes: [UInt8]) -> Int {
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes.dropFirst(8).prefix(length), as: UTF8.self)
    let ends = header.split(separator: "\"data_offsets\":[").dropFirst().compactMap { part in
      Int(part.prefix { $0 != "]" }.split(separator: ",").last ?? "")
    }
    return 8 + length + (ends.max() ?? 0)
  }

  @Test("a slow writer and a slow reader change nothing", arguments: filters)
  func slowness(_ filter: String) {
    let directory = directory(chunk: 900)
    let stream = PipelineTests.stream(filter)
    let script = """
      nn-import -q --label digit --chunk 7 <(zcat digits.csv.gz | head -n 41) > chunked.st
      nn-predict -q model.st chunked.st > predicted.st
      cat \(stream) | \(filter) > quick
      dd bs=1 status=none if=\(stream) | \(filter) | { sleep 0.2; dd bs=100 status=none; } > slow
      cmp quick slow
      """
    let outcome = Command(script: script, directory: directory.path).run()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test("segments that do not go together are refused, or shown one by one", arguments: filters)
  func mixedSegments(_ filter: String) {
    let directory = directory(chunk: 900)
    let others = """
      zcat digits.csv.gz | cut -d, -f1-9 | nn-import -q - -o narrow.st
      printf 'a,b\\n1,2\\n' | nn-import -q - -o pair.st
      nn-prep -q --minmax digits.st -o minmax.st
      nn-init -q -i 9 dense:3 softmax | nn-predict -q - narrow.st -o narrow.p.st
      """
    let made = Command(script: "set -e\n\(others)", directory: directory.path).run()
    #expect(made.status == 0, "\(made.errors)")
    let unlike =
      if filter.hasPrefix("nn-eval") {
        ["narrow.p.st"]
      } else if filter.hasPrefix("nn-augment") {
        ["narrow.st", "pair.st"]  // images are changed whatever their values mean
      } else {
        ["narrow.st", "pair.st", "minmax.st"]
      }
    for other in unlike {
      let script = "cat \(PipelineTests.stream(filter)) \(other) | \(filter) > out"
      let outcome = Command(script: script, directory: directory.path).run()
      if filter == "nn-show" {
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(other): \(outcome.errors)")
      } else {
        #expect(outcome.status == 3 && outcome.errorLines.count == 1, "\(other): \(outcome.errors)")
      }
    }
  }
}
