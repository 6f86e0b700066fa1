import Tensors

/// The log of a run: a JSON line an epoch, appended as epochs end.
///
/// Keys: `epoch`, `step`, `lr`, `momentum`, `loss`, `accuracy`, `penalty`, `valid_loss`, `valid_accuracy`,
/// `gradient_norm`, `gradient_norms` (an object of parameters' names and norms), `best`, `seconds` (of the epoch's
/// steps); what does not apply is left out. A tool may have members of its own.
public final class TrainingLog {
  private let sink: ByteSink

  /// Opens a log. Lines of the run that is resumed are kept as far as its checkpoint goes; a new run begins anew.
  public init(path: String, keepingEpochs epoch: Int) throws(Failure) {
    var kept = 0
    if epoch > 0, path != "-", try FrameInput.exists(path) {
      kept = TrainingLog.length(of: try ByteSource(path: path).readAll(), keepingEpochs: epoch)
    }
    sink = try ByteSink.open(path: path, appendingAfter: kept)
  }

  /// How many bytes the whole lines take that a log (U8) begins with, up to those of an epoch.
  static func length(of log: Tensor, keepingEpochs epoch: Int) -> Int {
    log.withElements(of: UInt8.self) { bytes in
      var start = 0
      while let end = bytes[start...].firstIndex(of: 0x0a) {
        guard let line = String(validating: bytes[start..<end], as: UTF8.self), let value = try? JSON.parse(line),
          let number = value["epoch"]?.integer, number <= epoch
        else { break }
        start = end + 1
      }
      return start
    }
  }

  /// Writes the line of an epoch, led by what it is an epoch of, with more figures before the last two members.
  public func write(
    _ report: EpochReport, of subject: [(key: String, value: JSON)] = [], _ notes: [(key: String, value: Double)] = []
  ) throws(Failure) {
    var members = subject
    members += [
      ("epoch", .number(report.epoch)), ("step", .number(report.step)), ("lr", .number(report.learningRate)),
    ]
    if let momentum = report.momentum { members.append(("momentum", .number(momentum))) }
    members.append(("loss", .number(report.train.loss)))
    if let accuracy = report.train.accuracy { members.append(("accuracy", .number(accuracy))) }
    if let penalty = report.penalty { members.append(("penalty", .number(penalty))) }
    if let valid = report.valid {
      members.append(("valid_loss", .number(valid.loss)))
      if let accuracy = valid.accuracy { members.append(("valid_accuracy", .number(accuracy))) }
    }
    if let norm = report.gradientNorm { members.append(("gradient_norm", .number(norm))) }
    if let norms = report.gradientNorms {
      members.append(("gradient_norms", JSON.object(norms.map { ($0.name, .number($0.norm)) })))
    }
    for (key, value) in notes { members.append((key, .number(value))) }
    members.append(("best", .bool(report.isBest)))
    members.append(("seconds", .number((report.seconds * 1e6).rounded() / 1e6)))
    try sink.write(JSON.object(members).text + "\n")
  }

  /// Closes the log.
  public func finish() throws(Failure) { try sink.finish() }
}
