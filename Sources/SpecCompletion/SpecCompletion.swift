import CommandLine
import Networks

extension Completion {
  /// A spec of a registry, or of some entries of it: the names, and behind a name and its values the keys.
  public static func spec<K: Kind>(
    of kind: K.Type, where isFit: @escaping @Sendable (K) -> Bool = { _ in true }
  ) -> Completion {
    .offers { line in SpecOffers(kinds: kind.all.filter(isFit).map(\.signature)).offers(for: line.word) }
  }

  /// Specs of a registry, several of them separated by blanks in one quoted word.
  public static func specs<K: Kind>(of kind: K.Type) -> Completion {
    .offers { line in
      parts(of: line.word, separator: " ") { SpecOffers(kinds: kind.all.map(\.signature)).offers(for: $0) }
    }
  }
}

/// What is offered for a spec that is being typed: see `Spec` for the grammar.
struct SpecOffers {
  let kinds: [Signature]

  /// The values of keys that have but a few. What is offered is what the readers of specs take: a test tries them all.
  private static let words: [String: [String]] = [
    "anneal": ["cos", "linear"],
    "approximate": ["none", "tanh"],
    "bias_init": InitializerKind.all.filter { !$0.needsMatrix }.map(\.signature.lead),
    "by": ["epoch", "step"],
    "init": InitializerKind.all.map(\.signature.lead),
    "interpolation": ["linear", "none"],
    "mode": ["min", "max"],
    "pad": ["same", "valid"],
    "reduction": ["mean", "sum"],
    "threshold_mode": ["rel", "abs"],
  ]

  func offers(for text: String) -> [Completion.Offer] {
    let name = text.prefix { $0 != ":" && $0 != "," }
    guard name.endIndex < text.endIndex else { return kinds.map(offer) }
    guard let kind = kinds.first(where: { $0.name == name }) else { return [] }
    let pieces = text[name.endIndex...].split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "," }.dropFirst()
    guard let last = pieces.last else { return [] }
    let before = pieces.dropLast()
    // A colon behind `init=he_normal` leads on to more of the key's value.
    let chunk = text[(text.lastIndex(of: ",") ?? text.startIndex)...]
    if let equals = chunk.firstIndex(of: "="), chunk[equals...].contains(":") { return [] }
    let lead = text.dropLast(last.count)
    if let equals = last.firstIndex(of: "=") {
      return values(of: kind.key(String(last[..<equals]))).map { .init("\(lead)\(last[...equals])\($0)") }
    }
    guard before.count(where: { !$0.contains("=") }) >= kind.dueValues else { return [] }
    return kind.keyNames.filter { key in !before.contains { $0.hasPrefix(key + "=") } }.map { key in
      let fallback = kind.key(key).fallback
      return .init("\(lead)\(key)=", fallback.isEmpty ? "" : "default \(fallback)")
    }
  }

  private func offer(_ kind: Signature) -> Completion.Offer {
    .init(kind.lead, kind.summary)
  }

  private func values(of key: Signature.Key) -> [String] {
    if let words = SpecOffers.words[key.name] { return words }
    return ["yes", "no"].contains(key.fallback) ? ["yes", "no"] : []
  }
}

extension Signature {
  /// A key and its default, empty where it has none.
  struct Key {
    var name: String
    var fallback: String
  }

  /// The values without which a spec is not whole: those that are shown without a default.
  var dueValues: Int {
    arguments.prefix { $0 != "[" }.split(separator: ":").count { !$0.contains("=") }
  }

  /// What a spec begins with: the name, and a colon where values are due.
  var lead: String { name + (dueValues > 0 ? ":" : "") }

  var keyNames: [String] { keys.split(separator: " ").map { String($0.prefix { $0 != "=" }) } }

  func key(_ name: String) -> Key {
    let entry = keys.split(separator: " ").first { $0.prefix { $0 != "=" } == name }
    return Key(name: name, fallback: entry.map { String($0.dropFirst(name.count + 1)) } ?? "")
  }
}
