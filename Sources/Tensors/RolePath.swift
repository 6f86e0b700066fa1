/// A path in which `{role}` stands for the role of a part, such as `digits.{role}.st`.
public struct RolePath: Sendable {
  private let template: String

  /// A path with or without `{role}`.
  public init(_ template: String) { self.template = template }

  /// Whether every role has a file of its own.
  public var hasRole: Bool { template.contains("{role}") }

  /// Fails early, before long work, when a part could not be written later.
  public func check() throws(Failure) { try ByteSink.check(path: template.replacing("{role}", with: "data")) }

  /// The file for a frame's role; `data` where it has none.
  ///
  /// - Throws: an input failure when the role, which comes from outside, would lead to another directory.
  public func path(for frame: Frame) throws(Failure) -> String {
    let role = frame.metadata[Metadata.role] ?? "data"
    guard !hasRole || !role.contains(where: { $0 == "/" || $0 == "\0" }) else {
      throw .input("\(frame.place): the role '\(role)' cannot be a part of a file's name")
    }
    return template.replacing("{role}", with: role)
  }
}
