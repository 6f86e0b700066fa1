import Tensors

/// A choice of classes by name.
public struct ClassFilter: Equatable, Sendable {
  /// The names given.
  public var names: [String]
  /// Whether the named classes stay (true) or go.
  public var isOnly: Bool
  /// Whether class ids stay as they are; otherwise those that remain are renumbered from 0.
  public var keepsIds: Bool

  /// A filter that keeps only the named classes, or all but them.
  public init(names: [String], isOnly: Bool, keepsIds: Bool = false) {
    self.names = names
    self.isOnly = isOnly
    self.keepsIds = keepsIds
  }

  /// What a filter means for certain data.
  struct Choice {
    /// The new id of each class that stays, by its old one.
    var newIds: [Int: Int]
    /// The names of the classes that stay, in the order of their ids.
    var names: [String]
  }

  /// Resolves the names against the data's class list; without a list a class is called by its id.
  func choice(labels: [Int], classes: [String]?, place: String) throws(Failure) -> Choice {
    let known: [(id: Int, name: String)] =
      classes.map { list in list.enumerated().map { ($0.offset, $0.element) } }
      ?? Set(labels).sorted().map { ($0, String($0)) }
    let option = isOnly ? "--only" : "--except"
    for name in names where !known.contains(where: { $0.name == name }) {
      throw .input("\(place): \(option): \(Nearest.unknown(name, "class", among: known.map(\.name)))")
    }
    let staying = known.filter { names.contains($0.name) == isOnly }
    guard !staying.isEmpty else { throw .input("\(place): \(option): no class is left") }
    var newIds: [Int: Int] = [:]
    for (new, old) in staying.enumerated() { newIds[old.id] = keepsIds ? old.id : new }
    return Choice(newIds: newIds, names: staying.map(\.name))
  }
}
