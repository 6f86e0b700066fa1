import Tensors

/// The log of a run: a JSON line an epoch, appended as epochs end.
///
/// Keys: `epoch`, `step`, `lr`, `momentum`, `loss`, `accuracy`, `penalty`, `valid_loss`, `valid_accuracy`,
/// `gradient_norm`, `gradient_norms` (an object of parameters' names and norms), `best`, `seconds` (of the epoch's
/// steps); what does not apply is left out.
public final class TrainingLog {
  private let sink: ByteSink

  /// Opens a log. Lines of the run that is resumed are kept as far as its checkpoint goes; a new run begins anew.
  public init(path: String, keepingEpochs epoch: Int) throws(Failure) {
    var kept: [String] = []
    if epoch > 0, path != "-", try FrameInput.exists(path) {
      let text = try ByteSource(path: path).readAll().withBytes { String(decoding: $0, as: UTF8.self) }
      for line in text.split(separator: "\n") {
        guard let value = try? JSON.parse(String(line)), let number = value["epoch"]?.integer, number <= epoch else {
          break
        }
        kept.append(line + "\n")
      }
    }
    sink = try ByteSink.open(path: path, appendingAfter: kept.reduce(0) { $0 + $1.utf8.count })
  }

  /// Writes the line of an epoch.
  public func write(_ report: EpochReport) throws(Failure) {
    var members: [(key: String, value: JSON)] = [
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
    members.append(("best", .bool(report.isBest)))
    members.append(("seconds", .number((report.seconds * 1e6).rounded() / 1e6)))
    try sink.write(JSON.object(members).text + "\n")
  }

  /// Closes the log.
  public func finish() throws(Failure) { try sink.finish() }
}
