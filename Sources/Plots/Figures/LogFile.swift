import Tensors
import Training

/// What one log holds, read as it grows: runs one after the other, a learning-rate range test, or a report of checks.
public struct LogFile {
  /// The input's name.
  public let name: String
  /// What it holds; nil before its first line.
  public private(set) var kind: FigureKind?
  private var lines: JSONLines
  private var runs: [RunLog] = []
  private var test = LearningRateCurve()
  private var layers: [LayerActivity.Layer] = []

  /// A log of which nothing was read.
  public init(name: String) {
    self.name = name
    lines = JSONLines(place: name)
  }

  /// Takes bytes of it, which need not end with a line.
  public mutating func add(_ bytes: Tensor) throws(Failure) {
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
    if runs.last?.isContinued(by: line) != true { runs.append(RunLog(name: name.printable)) }
    try runs[runs.count - 1].add(line)
  }

  /// The runs of all logs; those of one log are numbered.
  public static func runs(of logs: [LogFile]) -> [RunLog] {
    logs.flatMap { log in
      guard log.runs.count > 1 else { return log.runs }
      return log.runs.enumerated().map { i, run in
        var numbered = run
        numbered.name = "\(run.name) \(i + 1)"
        return numbered
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
