import Plots
import Tensors
import Training

/// What the operands hold: logs, or frames taken in for a figure.
struct Material {
  /// The figure that was asked for.
  private let asked: FigureKind?
  private(set) var logs: [LogFile] = []
  private var frames: (any FrameFigure)?
  /// What is drawn; nil before anything was read.
  private(set) var kind: FigureKind?

  init(_ asked: FigureKind?) { self.asked = asked }

  /// Logs that were read by another.
  init(_ asked: FigureKind?, logs: [LogFile]) throws(Failure) {
    self.asked = asked
    for log in logs { try add(log) }
  }

  /// Reads a whole input.
  mutating func read(_ source: ByteSource) throws(Failure) {
    guard let log = try LogFile(reading: source) else { return try readFrames(FrameReader(source)) }
    try add(log)
  }

  private mutating func add(_ log: LogFile) throws(Failure) {
    guard frames == nil else { throw mixed(log.name, "a log") }
    if let asked, let kind = log.kind, asked != kind {
      throw .input("\(log.name): a log of \(kind.subject); --figure \(asked.rawValue) is made of \(asked.material)")
    }
    if let first = logs.first?.kind, let kind = log.kind, kind != first {
      throw .input("\(log.name): a log of \(kind.subject) where \(logs[0].name) is one of \(first.subject)")
    }
    logs.append(log)
    if kind == nil { kind = log.kind }
  }

  private mutating func readFrames(_ reader: FrameReader) throws(Failure) {
    while let frame = try reader.next() {
      guard logs.isEmpty else { throw mixed(frame.place, frame.phrase) }
      if let asked, asked.isOfLogs {
        throw .input("\(frame.place): holds \(frame.phrase); --figure \(asked.rawValue) is made of \(asked.material)")
      }
      if frames == nil {
        let chosen: FigureKind
        if let asked { chosen = asked } else { chosen = try FigureKind(for: frame) }
        kind = chosen
        frames = chosen.collector()
      }
      try frames?.add(frame)
    }
  }

  private func mixed(_ place: String, _ phrase: String) -> Failure {
    .input("\(place): holds \(phrase); logs and frames are not drawn together")
  }

  /// The figure of everything that was read.
  func figure(_ curves: CurvesFigure) throws(Failure) -> Figure {
    if let frames { return try frames.figure() }
    switch kind {
    case .rateRange: return RateRangeFigure.figure(LogFile.tests(of: logs))
    case .activations: return try ActivationFigure.figure(LogFile.models(of: logs))
    default:
      let runs = LogFile.runs(of: logs)
      guard !runs.isEmpty else { throw .input("\(logs.first?.name ?? "standard input"): no epoch in the log yet") }
      return try curves.figure(runs)
    }
  }
}

extension FigureKind {
  /// What the figure is made of.
  fileprivate var material: String {
    switch self {
    case .curves: "logs of nn-train --log"
    case .rateRange: "logs of nn-check --lr-range"
    case .activations: "reports of nn-check --activations --json"
    case .confusion, .reliability, .entropy, .targets: "predictions"
    case .spectrum: "prepared data, a model or a preparation"
    case .scatter: "data"
    }
  }
}
