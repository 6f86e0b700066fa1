/// One command line of each tool that works on the prepared files and writes its result to standard output: what the
/// tests of the conventions run. A new tool needs an entry here.
struct Invocation: Sendable {
  /// The arguments, all inputs being files.
  var arguments: [String]
  /// The one of the files among the arguments that may come from standard input instead, as "-".
  var stream: String?
  /// What `stream` holds.
  var wants: FrameBytes.Content
  /// A prepared file of another kind, which must be refused in place of `stream`.
  var wrongKind: String?
  /// Whether the result is frames, which are not shown on a terminal.
  var writesFrames = true

  static let all: [String: Invocation] = [
    "nn-import": Invocation(
      arguments: ["-q", "--label", "digit", "digits.csv.gz"], stream: "digits.csv.gz", wants: .text,
      wrongKind: "model.st"),
    "nn-export": Invocation(
      arguments: ["-q", "--format", "csv", "test.st"], stream: "test.st", wants: .data, wrongKind: nil,
      writesFrames: false),
    "nn-split": Invocation(
      arguments: ["-q", "--take", "100", "digits.st"], stream: "digits.st", wants: .data, wrongKind: "model.st"),
    "nn-prep": Invocation(
      arguments: ["-q", "--center", "digits.st"], stream: "digits.st", wants: .data, wrongKind: "p1.st"),
    "nn-augment": Invocation(
      arguments: ["-q", "--shape", "8x8", "--rotate", "10", "digits.st"], stream: "digits.st", wants: .data,
      wrongKind: "p1.st"),
    "nn-init": Invocation(arguments: ["-q", "--input", "64", "dense:10"], stream: nil, wants: .nothing),
    "nn-show": Invocation(
      arguments: ["-q", "model.st"], stream: "model.st", wants: .model, wrongKind: nil, writesFrames: false),
    "nn-check": Invocation(
      arguments: ["-q", "--activations", "init.st", "train.st"], stream: "train.st", wants: .data, wrongKind: "p1.st",
      writesFrames: false),
    "nn-train": Invocation(
      arguments: ["-q", "--epochs", "1", "init.st", "train.st"], stream: "train.st", wants: .data, wrongKind: "p1.st"),
    "nn-pretrain": Invocation(
      arguments: ["-q", "--autoencoder", "--epochs", "1", "init.st", "train.st"], stream: "train.st", wants: .data,
      wrongKind: "p1.st"),
    "nn-freeze": Invocation(
      arguments: ["-q", "--strip", "model.st"], stream: "model.st", wants: .model, wrongKind: "test.st"),
    "nn-predict": Invocation(
      arguments: ["-q", "model.st", "test.st"], stream: "test.st", wants: .data, wrongKind: "p1.st"),
    "nn-ensemble": Invocation(
      arguments: ["-q", "p1.st", "p2.st"], stream: "p2.st", wants: .predictions, wrongKind: "test.st"),
    "nn-eval": Invocation(
      arguments: ["-q", "p1.st"], stream: "p1.st", wants: .predictions, wrongKind: "model.st", writesFrames: false),
    "nn-search": Invocation(
      arguments: ["-q", "--grid", "--done", "part.{id}.st", "width=1,2,3", "train-{width}"],
      stream: nil, wants: .nothing, writesFrames: false),
    "nn-plot": Invocation(
      arguments: ["-q", "p1.st"], stream: "p1.st", wants: .predictions, wrongKind: "model.st", writesFrames: false),
    "nn-report": Invocation(
      arguments: ["-q", "--shape", "8x8", "model.st", "p1.st", "test.st"], stream: "p1.st", wants: .predictions,
      wrongKind: "model.st", writesFrames: false),
  ]

  /// The arguments as a shell reads them, `stream` replaced by "-" when it is to come from standard input.
  func words(streaming: Bool = false) -> String {
    arguments.map { streaming && $0 == stream ? "-" : quoted($0) }.joined(separator: " ")
  }
}

/// A text as one word of a shell.
func quoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
