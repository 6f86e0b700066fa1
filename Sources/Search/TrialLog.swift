import Tensors

/// What the log of a trial says: JSON lines as nn-train writes them, one an epoch, or one object of another program.
struct TrialLog: Sendable {
  private let lines: [JSON]

  /// Reads a log; nil when there is none. A last line that is not whole, as a killed program leaves it, is passed over.
  ///
  /// - Throws: an input failure that names the file and a line that is no JSON object.
  init?(path: String) throws(Failure) {
    guard try FrameInput.exists(path) else { return nil }
    let bytes = try ByteSource(path: path).readAll()
    let text = bytes.withBytes { String(validating: $0, as: UTF8.self) }
    guard let text else { throw .input("\(path): not UTF-8 text") }
    try self.init(text, place: path)
  }

  init(_ text: String, place: String) throws(Failure) {
    var lines: [JSON] = []
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (i, row) in rows.enumerated() where !row.allSatisfy(\.isWhitespace) {
      let value: JSON
      do throws(Failure) { value = try JSON.parse(String(row)) } catch {
        if i + 1 == rows.count { break }
        throw error.at("\(place): line \(i + 1)")
      }
      guard case .object = value else { throw .input("\(place): line \(i + 1): a JSON object is due") }
      lines.append(value)
    }
    self.lines = lines
  }

  /// Whether the run stopped since its numbers were not finite any more.
  var hasDiverged: Bool { lines.last?["diverged"] == .bool(true) }

  /// The number of the last epoch; 0 where there is none.
  var epochs: Int { lines.compactMap { $0["epoch"]?.integer }.max() ?? 0 }

  /// The names of the figures in the log.
  var names: [String] {
    guard case .object(let members)? = lines.last(where: { $0["diverged"] == nil }) else { return [] }
    return members.filter { $0.key != "epoch" && $0.value.double != nil }.map(\.key)
  }

  /// A figure of the last epoch that has it.
  func last(_ name: String) -> String? {
    guard case .number(let text)? = lines.last(where: { $0[name]?.double != nil })?[name] else { return nil }
    return text
  }

  /// The best value of a figure and the epoch it was reached in, over the epochs up to one.
  func best(_ metric: SearchMetric, upTo lastEpoch: Int = Int.max) -> (value: Double, epoch: Int?)? {
    var best: (value: Double, epoch: Int?)?
    for line in lines {
      let epoch = line["epoch"]?.integer
      guard epoch ?? 0 <= lastEpoch, let value = line[metric.name]?.double, value.isFinite else { continue }
      if best.map({ metric.isBetter(value, than: $0.value) }) ?? true { best = (value, epoch) }
    }
    return best
  }
}
