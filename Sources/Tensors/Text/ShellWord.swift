extension String {
  /// The text as one word of a shell, of which the shell makes nothing but itself (POSIX, 2.2.2): in single quotes where
  /// it needs them.
  public var shellWord: String {
    let isPlain = !isEmpty && unicodeScalars.allSatisfy { String.plainInShells.contains($0) }
    return isPlain ? self : "'" + shellQuoted + "'"
  }

  /// The text as it stands within single quotes of a shell.
  public var shellQuoted: String { replacing("'", with: "'\\''") }

  private static let plainInShells = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,:/@%^".unicodeScalars)
}
