#if canImport(Glibc)
  import Glibc
#endif

/// A path in which `{role}` stands for the role of a part, such as `digits.{role}.st`.
public struct RolePath: Sendable {
  private let template: String

  /// A path with or without `{role}`.
  public init(_ template: String) { self.template = template }

  /// Whether every role has a file of its own.
  public var hasRole: Bool { template.contains("{role}") }

  /// Fails early, before long work, when a part could not be written later, as far as that can be told before the
  /// roles are known: the directory of the first name that a role is in has to be there.
  public func check() throws(Failure) {
    guard let place = template.firstRange(of: "{role}") else { return try ByteSink.check(path: template) }
    let directory = OutputPath.split(String(template[..<place.lowerBound])).directory
    let isDirectory = template[place.upperBound...].contains("/")
    guard access(directory + "/.", isDirectory ? X_OK : W_OK | X_OK) == 0 else { throw .system(template) }
  }

  /// Refuses a terminal, which shows nothing but text.
  func refuseTerminal() throws(Failure) { if !hasRole { try ByteSink.refuseTerminal(template, "the tensors") } }

  /// The file for a frame's role; `data` where it has none.
  ///
  /// - Throws: an input failure when the role, which comes from outside, would lead to another directory.
  public func path(for frame: Frame) throws(Failure) -> String {
    let role = frame.metadata[Metadata.role] ?? "data"
    guard !hasRole || !["", ".", ".."].contains(role) && !role.utf8.contains(where: { $0 == 0x2f || $0 == 0 }) else {
      throw .input("\(frame.place): the role '\(role)' cannot be a part of a file's name")
    }
    return template.replacing("{role}", with: role)
  }
}
