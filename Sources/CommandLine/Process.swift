#if canImport(Glibc)
  import Glibc
#endif
import Synchronization
import Tensors

/// The state of the process that the conventions ask for: descriptors, signals, the name for messages.
public enum Process {
  private static let state = Mutex("nn")
  /// The tool's name, which leads every message.
  public static var name: String { state.withLock { $0 } }

  static func prepare(name: String) {
    state.withLock { $0 = name }
    occupyStandardDescriptors()
    TemporaryFiles.prepare()
    signal(SIGXFSZ, SIG_IGN)  // a file at its size limit is a failed write(2) like any other: EFBIG
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] {
      // A background job started with nohup or by a shell that ignores SIGINT keeps ignoring it; SIGPIPE is taken
      // back, since parents such as Python ignore it for their children.
      let previous = signal(number, SIG_DFL)
      if number != SIGPIPE, unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      } else {
        signal(number, dieCleanly)
      }
    }
  }

  /// A closed standard descriptor would be taken by the next file opened, and results would end in it. So each is
  /// opened on /dev/null in the direction that makes its use fail.
  private static func occupyStandardDescriptors() {
    for (descriptor, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_WRONLY)] {
      if fcntl(descriptor, F_GETFD) < 0, errno == EBADF { _ = open("/dev/null", mode) }
    }
  }
}

/// Removes temporary files and dies by the same signal, so that shells and make see it.
private let dieCleanly: @convention(c) (Int32) -> Void = { number in
  TemporaryFiles.removeAll()
  signal(number, SIG_DFL)
  raise(number)
}

/// Lines for people, on standard error.
public enum Message {
  /// A longer text, such as one that quotes a long name, is cut.
  private static let longest = 1000

  /// Writes "tool: text" in one write(2), so that the lines of a pipeline's programs do not mix.
  ///
  /// It is one line whatever the names in it hold, and not too long.
  ///
  /// - Parameters:
  ///   - hint: ends the line also where the text is cut.
  ///   - help: more lines, which are our own.
  public static func write(_ text: String, hint: String = "", help: String = "") {
    let scalars = text.unicodeScalars
    let cut = scalars.index(scalars.startIndex, offsetBy: longest, limitedBy: scalars.endIndex) ?? scalars.endIndex
    let line = String(scalars[..<cut]).printable + (cut < scalars.endIndex ? "…" : "")
    raw("\(DrawnLine.clearing())\(Process.name): \(line)\(hint)\n\(help)")
  }

  /// Writes a warning, unless the tool was told to be quiet.
  public static func warn(_ text: String, quiet: Bool = false) { if !quiet { write("warning: \(text)") } }

  static func raw(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Glibc.write(2, $0, buffer.count) } ?? 0
      }
      if written < 0, errno == EINTR { continue }
      if written <= 0 { return }  // nobody can be told
      bytes = bytes.dropFirst(written)
    }
  }
}
