#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// One line that tells how far the work is: redrawn in place on a terminal, otherwise a plain line at each milestone.
public struct Progress: Sendable {
  private let isQuiet: Bool
  private let redraws: Bool

  /// Progress on standard error; `quiet` silences it.
  public init(quiet: Bool) {
    isQuiet = quiet
    redraws = !quiet && isatty(2) == 1 && Environment.terminalName != "dumb"
  }

  /// Whether `update` shows anything, so that callers need not build its text.
  public var isLive: Bool { redraws }

  /// The columns of the line, which a terminal's new size changes.
  public var columns: Int { max(20, Environment.columns - 1) }

  /// Redraws the line on a terminal.
  public func update(_ text: String) {
    guard redraws else { return }
    let line = String(text.prefix(columns))
    DrawnLine.note()
    Message.raw("\r\u{1b}[K" + line)
  }

  /// Leaves a line that stays: the state at a milestone.
  public func milestone(_ text: String) {
    guard !isQuiet else { return }
    Message.raw("\(DrawnLine.clearing())\(text.printable)\n")
  }
}

/// The few environment variables that touch looks, never results.
enum Environment {
  static var terminalName: String { getenv("TERM").map { String(cString: $0) } ?? "dumb" }

  /// The width of the terminal on standard error.
  static var columns: Int {
    var size = winsize()
    if ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 80
  }
}
