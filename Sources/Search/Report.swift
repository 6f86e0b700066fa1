import Tensors

/// Tables of how a search came out: for people, or as tab-separated values.
public struct Report: Sendable {
  private let standings: [Standing]
  private let space: Space?
  private let metric: SearchMetric?

  /// A report on a search; with a metric in the order of a ranking, else in that of the trials.
  public init(_ search: Search, by metric: SearchMetric?) throws(Failure) {
    let standings = try search.standings(metric)
    try self.init(standings, space: search.space, metric: metric)
  }

  /// A ranking of logs by themselves, whose trials are not known.
  public init(logs: [String], by metric: SearchMetric) throws(Failure) {
    var standings: [Standing] = []
    for path in logs {
      guard let log = try TrialLog(path: path) else { throw .system(path, 2) }
      standings.append(
        Standing(name: path, state: log.hasDiverged ? .diverged : nil, log: log, best: log.best(metric)))
    }
    try self.init(standings, space: nil, metric: metric)
  }

  private init(_ standings: [Standing], space: Space?, metric: SearchMetric?) throws(Failure) {
    self.space = space
    self.metric = metric
    guard let metric else {
      self.standings = standings
      return
    }
    let logs = standings.compactMap(\.log)
    guard !logs.isEmpty else { throw .input("no trial has left a log yet") }
    if !logs.contains(where: { $0.best(metric) != nil }), !logs.allSatisfy(\.hasDiverged) {
      var names: [String] = []
      for name in logs.flatMap(\.names) where !names.contains(name) { names.append(name) }
      let near = Nearest.name(to: metric.name, among: names).map { " (did you mean '\($0)'?)" }
      let known = names.isEmpty ? "" : "; they have \(names.joined(separator: ", "))"
      throw .input("no log has a finite '\(metric.name)'" + (near ?? known))
    }
    self.standings = Standing.ranked(standings, by: metric)
  }

  // MARK: Rankings

  /// Rank, value, epoch, trial or log, and parameters; for people.
  public var ranking: String {
    let cells = rows(absent: "-") { Numbers.text(Numbers.rounded($0, digits: 5)) }
    let numeric = cells.head.indices.filter { i in cells.rows.allSatisfy { Double($0[i]) != nil || $0[i] == "-" } }
    return TextTable.text(cells.head, cells.rows.map { $0.map(\.printable) }, rightAligned: numeric)
  }

  /// Trial, how it came out, parameters, and all figures of the last epoch; tab-separated, absent ones empty.
  public var table: String {
    var (head, rows) = rows(absent: "", value: Numbers.text)
    var names: [String] = []
    for name in standings.flatMap({ $0.log?.names ?? [] }) where !names.contains(name) { names.append(name) }
    head += ["epochs"] + names.map { name in head.contains(name) ? "last_\(name)" : name }
    for (i, standing) in standings.enumerated() {
      rows[i].append(standing.log.map { String($0.epochs) } ?? "")
      rows[i] += names.map { standing.log?.last($0) ?? "" }
    }
    return ([head] + rows).map { $0.map(Report.cell).joined(separator: "\t") + "\n" }.joined()
  }

  /// A text without the characters that separate cells and rows.
  private static func cell(_ text: String) -> String {
    String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }

  private func rows(absent: String, value: (Double) -> String) -> (head: [String], rows: [[String]]) {
    var head: [String] = []
    if let metric { head += ["rank", metric.name, "epoch"] }
    head += space == nil ? ["log"] : ["id", "state"]
    head += space?.parameters.map(\.name) ?? []
    let rows = standings.enumerated().map { i, standing in
      var row: [String] = []
      if metric != nil {
        let hasDiverged = standing.state == .diverged
        row += [String(i + 1), hasDiverged ? "diverged" : standing.best.map { value($0.value) } ?? absent]
        row.append((hasDiverged ? standing.log?.epochs : standing.best?.epoch ?? nil).map(String.init) ?? absent)
      }
      row.append(standing.name)
      if let space {
        row.append(standing.state?.rawValue ?? "")
        row += space.parameters.map { standing.trial?[$0.name] ?? absent }
      }
      return row
    }
    return (head, rows)
  }

  // MARK: Importance

  /// The parameters by their importance, and the values of each with their mean ranks.
  public func importance(isTable: Bool) -> String {
    let all = importances
    let body = all.flatMap { parameter in
      parameter.bins.map { bin in
        [
          parameter.name, parameter.share.map(Report.share) ?? (isTable ? "" : "-"), bin.text, String(bin.count),
          Report.share(bin.meanRank),
        ]
      }
    }
    let head = ["parameter", "importance", "values", "trials", "mean_rank"]
    if isTable { return ([head] + body).map { $0.map(Report.cell).joined(separator: "\t") + "\n" }.joined() }
    return TextTable.text(head, body.map { $0.map(\.printable) }, rightAligned: [1, 3, 4])
  }

  private var importances: [Importance] {
    guard let space else { return [] }
    let judged = standings.filter { $0.trial != nil && ($0.best != nil || $0.state == .diverged) }
    // Equal values share the mean of their ranks; all that diverged are equal.
    var ranks: [(trial: Trial, rank: Double)] = []
    var start = 0
    while start < judged.count {
      func key(_ i: Int) -> Double? { judged[i].state == .diverged ? nil : judged[i].best?.value }
      var end = start + 1
      while end < judged.count, key(end) == key(start) { end += 1 }
      for i in start..<end {
        if let trial = judged[i].trial { ranks.append((trial, Double(start + 1 + end) / 2)) }
      }
      start = end
    }
    return Importance.all(space, ranks: ranks)
  }

  /// Two decimals, as text that sorts.
  private static func share(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
