#if canImport(Glibc)
  import Glibc
#endif
import Synchronization

/// The line of progress that may stand on the terminal of standard error, and has to go before other text comes there.
public enum DrawnLine {
  private static let isDrawn = Mutex(false)

  /// Notes that a line is being drawn.
  public static func note() { isDrawn.withLock { $0 = true } }

  /// The text that clears a drawn line; empty when there is none.
  public static func clearing() -> String {
    isDrawn.withLock { isDrawn in
      defer { isDrawn = false }
      return isDrawn ? "\r\u{1b}[K" : ""
    }
  }

  /// Clears a drawn line.
  static func clear() {
    let text = Array(clearing().utf8)
    if !text.isEmpty { _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) } }
  }
}
