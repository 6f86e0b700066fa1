#if canImport(Glibc)
  import Glibc
#endif

/// The terminal that results are shown on.
public enum Terminal {
  /// The columns and rows of standard output; nil when it is no terminal, or one that does not tell.
  public static var size: (columns: Int, rows: Int)? {
    var size = winsize()
    guard isatty(1) == 1, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether standard output is a terminal that moves its cursor.
  public static var moves: Bool { isatty(1) == 1 && Environment.terminalName != "dumb" }

  /// Whether colours are welcome on standard output (see no-color.org).
  public static var wantsColor: Bool {
    moves && getenv("NO_COLOR").map { String(cString: $0).isEmpty } ?? true
  }
}
