import Tensors
import Training

/// What one log holds, read as it grows: runs one after the other, a learning-rate range test, or a report of checks.
public struct LogFile {
  /// The input's name.
  public private(set) var name: String
  /// What it holds; nil before its first line.
  public private(set) var kind: FigureKind?
  /// Whether any bytes of it were taken.
  public private(set) var hasBegun = false
  private var lines: JSONLines
  private var runs: [RunLog] = []
  private var test = LearningRateCurve()
  private var layers: [LayerActivity.Layer] = []

  /// A log of which nothing was read.
  public init(name: String) {
    self.name = name
    lines = JSONLines(place: name)
  }

  /// The log that is the whole of an input; nil when the input begins as frames do, or as nothing that a log could be.
  ///
  /// - Parameter name: what the log is called; nil for the input's name.
  /// - Throws: an input failure for other text, and for a log with nothing in it.
  public init?(reading source: ByteSource, called name: String? = nil) throws(Failure) {
    let start = try source.peek(64)
    guard try LogFile.isLog(start, of: source.name) else { return nil }
    self.init(name: source.name)
    while true {
      let bytes = try source.readSome(1 << 20)
      if bytes.count == 0 { break }
      try add(bytes)
    }
    try finish()
    if let name { self.name = name }
  }

  /// Whether an input that begins with some bytes (64 are enough) is a log, though perhaps a damaged one.
  ///
  /// - Throws: an input failure when it is text, but no JSON, or an empty file that is called a log.
  public static func isLog(_ start: [UInt8], of name: String) throws(Failure) -> Bool {
    let isCalledLog = [".jsonl", ".json", ".log"].contains { name.hasSuffix($0) }
    switch Content(of: start) {
    case .json: return true
    case .empty where isCalledLog: throw .input("\(name): empty: the run has not ended an epoch yet")
    case .text:
      let first = start.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
      if isCalledLog || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return true }
      throw .input(
        "\(name): is text, but no log, whose lines are JSON objects; if it is a table, nn-import makes data of it")
    default: return false
    }
  }

  /// Takes bytes of it, which need not end with a line.
  public mutating func add(_ bytes: Tensor) throws(Failure) {
    hasBegun = true
    var lines = lines
    self.lines = JSONLines(place: name)  // so that the lines have one owner
    defer { self.lines = lines }
    try lines.add(bytes) { (line, _) throws(Failure) in try add(line) }
  }

  /// Takes its last line, which has no end, if it is whole.
  public mutating func finish() throws(Failure) {
    var lines = lines
    try lines.finish { (line, _) throws(Failure) in try add(line) }
    self.lines = lines
  }

  private mutating func add(_ line: JSON) throws(Failure) {
    switch kind {
    case .rateRange: try test.add(line)
    case .activations: throw .input("one report is due")
    case .curves: try addToRuns(line)
    default:
      if line["smoothed"] != nil {
        try test.add(line)
        kind = .rateRange
      } else if line["activations"] != nil {
        layers = try LayerActivity.layers(ofReport: line)
        kind = .activations
      } else {
        try addToRuns(line)
        kind = .curves
      }
    }
  }

  /// A line whose epoch is not after the last begins another run, as in logs that cat(1) joined.
  private mutating func addToRuns(_ line: JSON) throws(Failure) {
    if runs.last?.isContinued(by: line) != true { runs.append(RunLog(name: "")) }
    try runs[runs.count - 1].add(line)
  }

  /// The runs of all logs; those of one log are numbered.
  public static func runs(of logs: [LogFile]) -> [RunLog] {
    logs.flatMap { log in
      log.runs.enumerated().map { i, run in
        var named = run
        named.name = log.name.printable + (log.runs.count > 1 ? " \(i + 1)" : "")
        return named
      }
    }
  }

  /// The range tests of all logs.
  public static func tests(of logs: [LogFile]) -> [(name: String, curve: LearningRateCurve)] {
    logs.map { ($0.name.printable, $0.test) }
  }

  /// The layers of all reports.
  public static func models(of logs: [LogFile]) -> [(name: String, layers: [LayerActivity.Layer])] {
    logs.map { ($0.name.printable, $0.layers) }
  }
}
