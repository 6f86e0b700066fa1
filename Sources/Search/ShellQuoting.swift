/// In which quotes of the shell (POSIX, 2.2) a place of a command is, and how a value is written there.
enum ShellQuoting: Sendable {
  case none, single, double

  /// The quotes after a character that is not behind a backslash.
  func after(_ character: Character) -> ShellQuoting {
    switch (self, character) {
    case (.none, "'"): .single
    case (.none, "\""): .double
    case (.single, "'"), (.double, "\""): .none
    default: self
    }
  }

  /// A value of which the shell makes nothing but itself.
  func quoted(_ value: String) -> String {
    switch self {
    case .none:
      let isPlain = !value.isEmpty && value.allSatisfy { ShellQuoting.plain.contains($0) }
      return isPlain ? value : "'" + ShellQuoting.single.quoted(value) + "'"
    case .single: return value.replacing("'", with: "'\\''")
    case .double:
      return String(value.flatMap { "\"\\$`".contains($0) ? ["\\", $0] : [$0] })
    }
  }

  private static let plain: Set<Character> = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,:/@%^")
}
