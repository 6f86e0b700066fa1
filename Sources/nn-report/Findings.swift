import Networks
import Plots
import Preparation
import Tensors
import Training

/// Everything that the operands hold, by kind.
struct Findings {
  private(set) var model: Frame?
  private(set) var parts: [DataPart] = []
  private(set) var logs: [LogFile] = []
  private(set) var predictions: [Predictions] = []
  private(set) var predictionFrames: [Frame] = []
  private(set) var preparation: Preparation?
  private(set) var commands: String?

  /// Rows that were predicted.
  var predictedRows: Int { predictions.reduce(0) { $0 + $1.rows } }
  /// The runs of all logs.
  var runs: [RunLog] { LogFile.runs(of: logs) }

  /// How many epochs the model had behind it when the one run began whose log there is; nil for none.
  var earlierEpochs: Double? {
    guard runs.count == 1, let first = runs[0].epochs.first, first > 1 else { return nil }
    return first - 1
  }

  /// Reads a whole input.
  mutating func read(_ source: ByteSource) throws(Failure) {
    // A report shows what runs were, not where their logs lie.
    let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
    guard let log = try LogFile(reading: source, called: name) else {
      let reader = FrameReader(source)
      while let frame = try reader.next() { try add(frame) }
      return
    }
    if let kind = log.kind, kind != .curves {
      throw .input("\(source.name): a log of \(kind.subject), which nn-plot draws; one of nn-train is due")
    }
    logs.append(log)
  }

  /// Takes a text as the commands of the run.
  mutating func readCommands(_ source: ByteSource) throws(Failure) {
    let bytes = try source.readAll().withBytes { Array($0) }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw .input("\(source.name): --commands: a text is due, such as a Makefile or a script")
    }
    commands = text
  }

  /// Fails when no rows of data have so many values.
  func check(_ shape: ImageShape) throws(Failure) {
    guard !parts.isEmpty else { throw .usage("--shape: no data is given whose rows could be images") }
    for part in parts { if (try? ImageShape(of: part.first, given: shape)) != nil { return } }
    _ = try ImageShape(of: parts[0].first, given: shape)
  }

  private mutating func add(_ frame: Frame) throws(Failure) {
    switch frame.kind {
    case .model:
      guard model == nil else { throw .input("\(frame.place): a second model; a report is of one") }
      model = frame
      preparation = try Preparation(frame: frame) ?? preparation
    case .data:
      // Of data that was augmented anew for each epoch the first is shown.
      guard [nil, "0"].contains(frame.metadata[Metadata.epoch]) else { return }
      // The frames of a segment continue each other; another file is other data, even of the same role.
      if frame.index > 0, !parts.isEmpty {
        try parts[parts.count - 1].append(frame)
      } else {
        parts.append(try DataPart(frame))
      }
      if preparation == nil { preparation = try Preparation(frame: frame) }
    case .prep: preparation = try Preparation(frame: frame) ?? preparation
    case .prediction, nil:
      guard frame.kind != nil || frame.tensors["p"] != nil || frame.tensors["output"] != nil else {
        throw .input("\(frame.place): holds \(frame.phrase), which a report says nothing about")
      }
      let own = try Predictions(frame)
      if let first = predictions.first, first.task != own.task {
        throw .input("\(frame.place): predictions of another kind than those before")
      }
      predictions.append(own)
      predictionFrames.append(frame)
    }
  }

  /// The data whose rows were predicted: as many, and with the same truth; of several that which people see most in.
  func predictedPart(_ shape: ImageShape?) throws(Failure) -> DataPart? {
    guard !predictions.isEmpty else { return nil }
    let due = try truth(of: predictionFrames)
    var found: [DataPart] = []
    for part in parts where part.rows == predictedRows {
      if try truth(of: part.frames) == due { found.append(part) }
    }
    return Findings.clearest(Array(found.indices), of: found, shape).map { found[$0] }
  }

  /// Of some parts the one in which people see most: images before numbers, raw before prepared, the first before others.
  static func clearest(_ choice: [Int], of parts: [DataPart], _ shape: ImageShape?) -> Int? {
    choice.min { first, second in
      func rank(_ i: Int) -> (Int, Int, Int) {
        let isImage = InlineImage.shape(of: parts[i], given: shape) != nil
        return (isImage ? 0 : 1, parts[i].first.metadata[Metadata.prepared] == nil ? 0 : 1, i)
      }
      return rank(first) < rank(second)
    }
  }

  /// What is known of some rows: names of classes, or numbers; empty when nothing is.
  private func truth(of frames: [Frame]) throws(Failure) -> [String] {
    var all: [String] = []
    for frame in frames {
      if let labels = try frame.labels() {
        let names = frame[list: Metadata.classes]
        all += labels.map { names?[$0] ?? String($0) }
      } else if let y = frame.tensors["y"] {
        all += y.doubles.map { String($0) }
      }
    }
    return all
  }
}
