import Tensors

/// The log of one run, as `TrainingLog` writes it, by what is logged.
public struct RunLog: Sendable {
  /// A number of an epoch; not finite where the log has null.
  public struct Entry: Equatable, Sendable {
    /// The number of the line within the run, from 0.
    public var line: Int
    /// The number.
    public var value: Double
  }

  /// What begins the keys of the norms of single parameters' gradients: `gradient_norms.0.weight`.
  public static let parameterNorms = "gradient_norms."

  /// What messages and legends call the run.
  public var name: String
  /// The numbers by key, in the order of lines; memory grows with the log, not with lines times keys.
  public private(set) var entries: [String: [Entry]] = [:]
  /// The keys in the order in which they first come.
  public private(set) var keys: [String] = []
  /// The number of the epoch of each line.
  public private(set) var epochs: [Double] = []
  /// The epoch in which the run diverged; nil when it did not.
  public private(set) var divergence: Double?
  /// The line of the best epoch so far; nil when none is marked.
  public private(set) var best: Int?

  /// A log of no lines yet.
  public init(name: String) { self.name = name }

  /// Whether a line continues this run: its epoch comes after the last.
  public func isContinued(by line: JSON) -> Bool {
    guard let last = epochs.last, let epoch = line["epoch"]?.double else { return true }
    return epoch > last
  }

  /// Adds the object of a line.
  ///
  /// - Throws: an input failure when it has no `epoch`.
  public mutating func add(_ object: JSON) throws(Failure) {
    guard case .object(let members) = object, let epoch = object["epoch"]?.double, epoch.isFinite else {
      throw .input("a JSON object without a number 'epoch'; a log of nn-train --log is due")
    }
    let line = epochs.count
    epochs.append(epoch)
    for (key, value) in members {
      switch value {
      case .number, .null: append(value, key, line)
      case .bool(true) where key == "best": best = line
      case .bool(true) where key == "diverged": divergence = epoch
      case .object(let norms) where key + "." == RunLog.parameterNorms:
        for (name, norm) in norms { append(norm, RunLog.parameterNorms + name, line) }
      default: break
      }
    }
  }

  private mutating func append(_ value: JSON, _ key: String, _ line: Int) {
    if entries[key] == nil { keys.append(key) }
    entries[key, default: []].append(Entry(line: line, value: value.double ?? .nan))
  }

  /// The numbers of a key; empty when the log has none.
  public subscript(key: String) -> [Entry] { entries[key] ?? [] }

  /// The finite numbers of a key with the epochs they belong to.
  public func curve(_ key: String) -> [(epoch: Double, value: Double)] {
    self[key].compactMap { $0.value.isFinite ? (epochs[$0.line], $0.value) : nil }
  }
}
