import Testing

/// The same inputs, options and seed give the same bytes: for any number of threads, from a file, a pipe or a slow
/// writer, and however the rows are cut into frames.
@Suite("Determinism")
struct DeterminismTests {
  /// A tool's command lines that are compared with themselves.
  struct Row: Sendable, CustomTestStringConvertible {
    var tool: String
    /// Each is a command line.
    var options: [String]
    /// What stands before the stream among the operands.
    var before = ""
    /// The stream, as one frame and as many.
    var whole = "digits.st"
    var chunked: String? = "chunked.st"
    /// What makes bytes that do not depend on frames of the result.
    var canonical = "cat"
    var hasThreads = false

    var testDescription: String { tool }
  }

  static let table = [
    Row(
      tool: "nn-import", options: ["--label digit", "--label digit --missing mean", "--drop digit --chunk 50"],
      whole: "digits.csv.gz", chunked: nil),
    Row(tool: "nn-export", options: ["-f csv", "-f tsv", "-f npz"]),
    Row(
      tool: "nn-split",
      options: [
        "--valid 0.2 --seed 3", "--folds 5 --fold 2 --no-stratify", "--only 3,8 --no-shuffle", "--take 100",
        "--shards 3 --shard 2", "--bootstrap --seed 4",
      ], canonical: "nn-export -q -f csv -o 'part.{role}.csv' && cat part.*.csv && rm part.*.csv"),
    Row(
      tool: "nn-prep",
      options: [
        "--center", "--center --scale", "--minmax", "--pca 10 --whiten --epsilon 1e-3", "--pca 0.9",
        "--zca --epsilon 0.1",
        "--center --per all", "--like prepared.st",
      ], canonical: "nn-export -f csv", hasThreads: true),
    Row(
      tool: "nn-augment",
      options: [
        "--shape 8x8 --flip --rotate 10 --shift 1 --noise 1 --cutout 2", "--shape 8x8 --mixup 0.3 --scale 0.1",
        "--shape 8x8 --crop 1 --brightness 0.2 --repeat 2",
      ], canonical: "nn-export -f csv", hasThreads: true),
    Row(
      tool: "nn-init", options: ["-i 64 dense:10", "-i 64 -s 4 dense:9,init=orthogonal bn dense:10"], whole: "",
      chunked: nil),
    Row(tool: "nn-show", options: ["", "-t", "--json"], whole: "model.st", chunked: nil),
    Row(
      tool: "nn-check",
      options: ["--initial-loss", "--gradients", "--activations", "--overfit 20 --steps 60", "--lr-range 1e-4..1"],
      before: "init.st", hasThreads: true),
    Row(
      tool: "nn-train",
      options: [
        "-e 2", "-e 2 -b all --optimizer sgd --lr 0.1", "-e 1 -b 17 --mixup 0.2 --optimizer momentum --clip-norm 0.5",
        "-e 3 --average ema:0.9 --valid valid.st --keep best", "-e 1 --class-weight balanced --optimizer rmsprop",
        "-e 1 -b 1 --optimizer nesterov --weight-decay 0.01", "-e 2 --no-shuffle --schedule 1cycle",
        "-e 2 --window 200 --average ema:0.9", "--stream --window 100",
      ], before: "init.st", hasThreads: true),
    Row(
      tool: "nn-pretrain",
      options: [
        "-e 2 --autoencoder --denoise gaussian:0.5", "-e 1 -b 50 --autoencoder --no-tied --mask 0.3",
        "-e 1 --rbm --cd 2", "-e 2 -b 100 --rbm --persistent --sparsity 0.2 --lr 0.0005 --unroll",
      ], before: "init.st", hasThreads: true),
    Row(
      tool: "nn-freeze", options: ["--freeze 0", "--strip", "--head dense:3 --seed 2"], whole: "model.st", chunked: nil),
    Row(
      tool: "nn-predict", options: ["", "-b 1", "-b 7", "--mc 5", "--mc 3 -b 11 --seed 9", "--layer 1 -b 13"],
      before: "model.st", canonical: "nn-export -f csv", hasThreads: true),
    Row(
      tool: "nn-ensemble", options: ["", "--geometric", "--vote", "--weights 1,2"], before: "p.st", whole: "p.st",
      chunked: "pc.st", canonical: "nn-export -f csv"),
    Row(
      tool: "nn-eval", options: ["", "--confusion --per-class --auc --top 3", "--json", "--per-sample"], whole: "p.st",
      chunked: "pc.st"),
    Row(
      tool: "nn-search",
      options: [
        "-q --random 5 a=log:1..100 'x {a}'", "-q --sobol 5 -s 2 a=0..1.0 b=1,2,3 'x {a} {b}'",
        "-q --grid a=1..3 b=x,y 'x {a} {b}'",
      ], whole: "", chunked: nil),
    Row(
      tool: "nn-plot",
      options: ["", "--format svg", "-f reliability --color always", "-f entropy --format svg --size 300x200"],
      whole: "p.st", chunked: "pc.st"),
    Row(
      tool: "nn-report", options: ["", "--shape 8x8 --examples 3 --title t digits.st"], before: "model.st",
      whole: "p.st",
      chunked: "pc.st"),
  ]

  private static let files = """
    nn-import -q --label digit --chunk 97 digits.csv.gz > chunked.st
    nn-prep -q --center --scale digits.st -o prepared.st
    nn-predict -q model.st digits.st -o p.st
    nn-predict -q model.st chunked.st > pc.st
    """

  @Test func everyToolIsInTheTable() {
    #expect(Set(DeterminismTests.table.map(\.tool)) == Set(Places.toolNames))
  }

  @Test("gives the same bytes", arguments: table)
  func isDeterministic(_ row: Row) {
    let directory = Prepared.copy()
    let made = Command(script: "set -e\n\(DeterminismTests.files)", directory: directory.path).run()
    #expect(made.status == 0, "\(made.errors)")
    for options in row.options {
      let call = "\(row.tool) -q \(options) \(row.before)"
      var ways = ["\(call) \(row.whole)"]
      if !row.whole.isEmpty {
        ways.append("cat \(row.whole) | \(call) -")
        ways.append("dd bs=1021 status=none if=\(row.whole) | \(call) -")
      }
      if row.hasThreads { ways += ["1", "2", "4"].map { "\(call) -j \($0) \(row.whole)" } }
      compare(ways, then: "cat", directory)
      if let chunked = row.chunked {
        // The members of an ensemble have to be cut alike.
        let before = row.before == "p.st" ? "pc.st" : row.before
        let cut = "\(row.tool) -q \(options) \(before)"
        let threads = row.hasThreads ? ["\(cut) -j 3 \(chunked)"] : []
        compare([ways[0], "\(cut) \(chunked)", "cat \(chunked) | \(cut) -"] + threads, then: row.canonical, directory)
      }
    }
  }

  private func compare(_ ways: [String], then canonical: String, _ directory: Scratch) {
    var first: [UInt8]?
    for way in ways {
      let outcome = Command(script: "set -o pipefail; \(way) | \(canonical)", directory: directory.path).run()
      let mayFail = way.contains("nn-check")  // what it says is compared
      #expect(outcome.status == 0 || mayFail, "\(way): \(outcome.errors)")
      #expect(!outcome.output.isEmpty, "\(way)")
      if let first {
        #expect(outcome.output == first, "'\(way)' gives other bytes than '\(ways[0])'")
      } else {
        first = outcome.output
      }
    }
  }
}
