import Tensors

/// What a spec looks like and what it means: one entry of a registry, as lists, completion and the manual show it.
public struct Signature: Sendable {
  /// The name on the command line.
  public let name: String
  /// The values after the name: `N:FACTOR=0.1`.
  public let arguments: String
  /// The keys, separated by spaces, each followed by `=` and its default if it has one.
  public let keys: String
  /// One line: the formula.
  public let summary: String

  /// A signature.
  public init(_ name: String, arguments: String = "", keys: String = "", summary: String) {
    self.name = name
    self.arguments = arguments
    self.keys = keys
    self.summary = summary
  }

  /// The signature for people, on two lines.
  public var listing: String {
    let call = arguments.isEmpty ? name : "\(name):\(arguments)"
    return "  \(call)\(keys.isEmpty ? "" : "  [\(keys)]")\n      \(summary)\n"
  }
}

/// A registry: parsing, error messages, `--list`, completion and the tests that compare it with the manual and with
/// golden values all read the same entries.
public protocol Kind: Sendable {
  /// What an entry is called in a message: "layer", "loss".
  static var noun: String { get }
  /// Every entry.
  static var all: [Self] { get }
  /// What a spec of it looks like.
  var signature: Signature { get }
  /// Names by which other tools know entries, for "did you mean".
  static var foreignNames: [String: String] { get }
}

extension Kind {
  /// None.
  public static var foreignNames: [String: String] { [:] }

  /// The name on the command line.
  public var name: String { signature.name }

  /// The entry of a name; the failure names the nearest one.
  public static func named(_ name: String) throws(Failure) -> Self {
    guard let kind = all.first(where: { $0.name == name }) else {
      let bare = name.lowercased().filter { $0 != "_" && $0 != "-" }
      if let meant = foreignNames[bare] { throw .usage("unknown \(noun) '\(name)' (did you mean '\(meant)'?)") }
      throw .usage(Nearest.unknown(name, noun, among: names))
    }
    return kind
  }

  /// The names of all entries.
  public static var names: [String] { all.map(\.name) }

  /// The registry for people.
  public static var listing: String { all.map(\.signature.listing).joined() }
}
