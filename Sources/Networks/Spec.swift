import Tensors

/// The one grammar of layers, optimizers, schedules and losses: `name[:value[,value…]][,key=value…]`.
///
/// Values may be joined by colons or commas: `conv:32:3x3,stride=2` has the values 32 and 3x3 and the key stride. So may the
/// first key, `adam:beta1=0.8`; a value such as a file's name may hold an `=` behind more than a plain word.
public struct Spec: Equatable, Sendable, CustomStringConvertible {
  /// The name before the first colon or comma.
  public var name: String
  /// The values without a key, in order.
  public var values: [String]
  /// The values with a key, in order.
  public var keys: [Key]

  /// One `key=value`.
  public struct Key: Equatable, Sendable {
    /// The name before `=`.
    public var name: String
    /// The text after `=`.
    public var value: String
  }

  /// A spec made of its parts.
  public init(_ name: String, values: [String] = [], keys: [Key] = []) {
    self.name = name
    self.values = values
    self.keys = keys
  }

  /// Reads the text of one spec.
  public init(parsing text: String) throws(Failure) { try self.init(parsing: text, isNamed: true) }

  private init(parsing text: String, isNamed: Bool) throws(Failure) {
    var chunks = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var head = chunks[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if let key = head.dropFirst().firstIndex(where: Spec.isKey) {
      chunks.insert(head[key...].joined(separator: ":"), at: 1)
      head.removeSubrange(key...)
    }
    self.init(head[0], values: Array(head.dropFirst()))
    guard name.isEmpty != isNamed, !name.contains("=") else { throw .usage("'\(text)': a name is due first") }
    var names: Set<String> = []
    for chunk in chunks.dropFirst() {
      let parts = chunk.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 1 {
        guard keys.isEmpty else { throw .usage("\(text): '\(chunk)' stands after a key; values come first") }
        values += chunk.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      } else {
        guard names.insert(parts[0]).inserted else { throw .usage("\(text): key '\(parts[0])' twice") }
        keys.append(Key(name: parts[0], value: parts[1]))
      }
    }
    guard values.allSatisfy({ !$0.isEmpty }), keys.allSatisfy({ !$0.name.isEmpty && !$0.value.isEmpty }) else {
      throw .usage("'\(text)': an empty value")
    }
  }

  /// Whether the text begins with a word of small letters, digits and `_`, and `=`.
  private static func isKey(_ text: String) -> Bool {
    let name = text.utf8.prefix { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
    return !name.isEmpty && text.utf8.dropFirst(name.count).first == 0x3d
  }

  /// Reads the text of a spec that has values and keys but no name, such as `patience=10,min_delta=0.1`.
  public init(keys text: String) throws(Failure) {
    try self.init(parsing: "," + text, isNamed: false)
  }

  /// The text that reads back as this spec.
  public var description: String {
    ([([name] + values).joined(separator: ":")] + keys.map { "\($0.name)=\($0.value)" }).joined(separator: ",")
  }

  /// The value of a key; setting nil removes it.
  public subscript(key: String) -> String? {
    get { keys.first { $0.name == key }?.value }
    set {
      let position = keys.firstIndex { $0.name == key }
      switch (position, newValue) {
      case (let position?, let value?): keys[position].value = value
      case (let position?, nil): keys.remove(at: position)
      case (nil, let value?): keys.append(Key(name: key, value: value))
      case (nil, nil): break
      }
    }
  }
}

/// Takes a spec apart, value by value, and complains about what nobody asked for.
public struct SpecReader {
  let spec: Spec
  private var valuesRead = 0
  private var known: [String] = []

  /// A reader at the first value.
  public init(_ spec: Spec) { self.spec = spec }

  /// A failure that is led by the spec's text.
  public func failure(_ message: String) -> Failure {
    .usage(spec.name.isEmpty ? message : "\(spec): \(message)")
  }

  /// The next value without a key, or the value of `key` when given so; nil when there is neither.
  public mutating func text(_ key: String, positional: Bool = false) throws(Failure) -> String? {
    known.append(key)
    if positional, valuesRead < spec.values.count {
      guard spec[key] == nil else { throw failure("'\(key)' twice") }
      defer { valuesRead += 1 }
      return spec.values[valuesRead]
    }
    return spec[key]
  }

  /// All values without a key that are left.
  public mutating func remainingValues() -> [String] {
    defer { valuesRead = spec.values.count }
    return Array(spec.values.dropFirst(valuesRead))
  }

  /// A whole number; `fallback` when absent.
  public mutating func integer(
    _ key: String, positional: Bool = false, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) throws(Failure) -> Int {
    guard let text = try text(key, positional: positional) else {
      guard let fallback else { throw failure("'\(key)' is due") }
      return fallback
    }
    do throws(Failure) {
      let value = try Numbers.integer(text, in: range)
      // The text goes into files as it is: there is one for each number.
      guard String(value) == text else { throw .usage("a whole number without a sign or leading zeros is due") }
      return value
    } catch {
      throw failure("\(key) '\(text)': \(error.message)")
    }
  }

  /// A finite number; `fallback` when absent.
  public mutating func number(
    _ key: String, positional: Bool = false, in range: Numbers.Range, default fallback: Double? = nil
  ) throws(Failure) -> Double {
    guard let text = try text(key, positional: positional) else {
      guard let fallback else { throw failure("'\(key)' is due") }
      return fallback
    }
    do throws(Failure) { return try Numbers.number(text, in: range) } catch {
      throw failure("\(key) '\(text)': \(error.message)")
    }
  }

  /// `yes` or `no`.
  public mutating func flag(_ key: String, default fallback: Bool) throws(Failure) -> Bool {
    switch try text(key) {
    case nil: return fallback
    case "yes": return true
    case "no": return false
    case let text?: throw failure("\(key) '\(text)': yes or no is due")
    }
  }

  /// Fails when a value or a key is left that nobody asked for.
  public func finish() throws(Failure) {
    if valuesRead < spec.values.count { throw failure("value '\(spec.values[valuesRead])' is one too many") }
    let options = ["lr": "--lr", "learning_rate": "--lr", "weight_decay": "--weight-decay", "clipnorm": "--clip-norm"]
    for key in spec.keys where !known.contains(key.name) {
      if let option = options[key.name] {
        throw failure("'\(key.name)' is no key of it: \(option) \(key.value) is an option of its own")
      }
      throw failure(Nearest.unknown(key.name, "key", among: known))
    }
  }
}
