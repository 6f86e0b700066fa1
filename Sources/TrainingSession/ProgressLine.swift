import Training

/// The line that tells how far a run is, while it runs: epoch, bar, rows a second, time left, the figures so far and the
/// best that an epoch ended with.
struct ProgressLine {
  /// When the first step was told, and the rows that were trained on since then.
  private var began: Double?
  private var rows = 0
  private var last: (epoch: Int, rows: Int) = (0, 0)
  private var best: String?

  /// Counts a step.
  mutating func take(_ report: StepReport, at now: Double) {
    if began == nil {
      began = now
    } else {
      rows += report.rowsDone - (report.epoch == last.epoch ? last.rows : 0)
    }
    last = (report.epoch, report.rowsDone)
  }

  /// Keeps the best epoch's figures.
  mutating func take(_ report: EpochReport) {
    guard report.isBest else { return }
    let (prefix, score) = report.valid.map { ("valid_", $0) } ?? ("", report.train)
    let figure = score.accuracy.map { "accuracy \(Figures.short($0))" } ?? "loss \(Figures.short(score.loss))"
    best = "best \(prefix)\(figure) in epoch \(report.epoch)"
  }

  /// The line, of no more than so many columns: what is least needed goes first.
  func text(_ report: StepReport, label: String, at now: Double, columns: Int) -> String {
    // What it says, and the turn in which it goes.
    var parts: [(text: String, turn: Int)] = [
      ("\(label)epoch \(report.epoch)" + (report.lastEpoch.map { "/\($0)" } ?? ""), 0)
    ]
    if let all = report.rows {
      let share = Double(report.rowsDone) / Double(all)
      let done = String(repeating: "=", count: Int(share * 20))
      parts.append(("[\(done)\(String(repeating: " ", count: 20 - done.count))]", 2))
      let percent = "\(Int(share * 100))%"
      parts.append((String(repeating: " ", count: 4 - percent.count) + percent, 0))
    }
    if let began, rows > 0, now > began {
      let rate = Double(rows) / (now - began)
      parts.append(("\(Figures.rough(rate)) rows/s", 3))
      if let all = report.rows, let lastEpoch = report.lastEpoch {
        let left = Double(all - report.rowsDone) + Double(lastEpoch - report.epoch) * Double(all)
        parts.append(("\(ProgressLine.duration(left / rate)) left", 1))
      }
    }
    parts.append(("loss \(Figures.short(report.train.loss))", 0))
    if let accuracy = report.train.accuracy { parts.append(("accuracy \(Figures.short(accuracy))", 4)) }
    if let best { parts.append((best, 5)) }
    func line() -> String { parts.map(\.text).joined(separator: "  ") }
    while line().count > columns, let turn = parts.map(\.turn).max(), turn > 0 { parts.removeAll { $0.turn == turn } }
    return line()
  }

  /// Seconds as a clock has them: 0:07, 12:30, 1:00:00.
  private static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 3.6e6).rounded(.up))
    func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = whole / 60 % 60
    let rest = ":" + twoDigits(whole % 60)
    return whole < 3600 ? "\(minutes)\(rest)" : "\(whole / 3600):\(twoDigits(minutes))\(rest)"
  }
}
