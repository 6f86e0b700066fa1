#if canImport(Glibc)
  import Glibc
#endif

/// Checked output: every write, fsync, close and rename is looked at, because a full disk shows itself only there.
///
/// A regular file is replaced atomically: a temporary file in the same directory is written, synced and renamed over
/// it, so that the old content stays until the new is whole. A FIFO, a device or /dev/fd/N is written in place.
public final class ByteSink {
  /// What messages call it: the path, or "standard output".
  public let name: String
  /// Whether the sink shows its bytes to a person.
  public let isTerminal: Bool
  private let descriptor: Int32
  private var replacing: Replacement?
  private var isOpen = true
  private var isWhole = false

  /// A sink on standard output.
  public static func standardOutput() -> ByteSink {
    ByteSink(name: "standard output", descriptor: 1)
  }

  private init(name: String, descriptor: Int32, replacing: Replacement? = nil) {
    self.name = name
    isTerminal = isatty(descriptor) == 1
    self.descriptor = descriptor
    self.replacing = replacing
  }

  /// Opens a path for writing; "-" is standard output.
  ///
  /// - Parameter kept: when given, the file itself is written on after its first `kept` bytes, as logs are, which people
  ///   read while they grow; nothing that is kept is ever rewritten.
  public static func open(path: String, appendingAfter kept: Int? = nil) throws(Failure) -> ByteSink {
    if path == "-" { return standardOutput() }
    if let number = OutputPath.descriptorNumber(path) {
      let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw .system(path) }
      return ByteSink(name: path, descriptor: copy)
    }
    let status = System.status(path)
    guard status != nil || errno == ENOENT else { throw .system(path) }
    let isRegular = status.map { $0.st_mode & S_IFMT == S_IFREG } ?? true
    if kept != nil || !isRegular {
      let opened = System.open(path, O_WRONLY | O_NOCTTY | (kept == nil ? 0 : O_CREAT))
      guard opened >= 0 else { throw .system(path) }
      if let kept, isRegular, System.truncate(opened, to: kept) != 0 || System.seek(opened, to: kept) < 0 {
        let failure = Failure.system(path)
        _ = System.close(opened)
        throw failure
      }
      return ByteSink(name: path, descriptor: opened)
    }
    let mode = status.map { $0.st_mode & 0o7777 }
    guard let replacing = Replacement(of: try OutputPath.resolved(path), mode: mode) else { throw .system(path) }
    return ByteSink(name: path, descriptor: replacing.descriptor, replacing: replacing)
  }

  /// Fails early, before long work, when a path could not be written later.
  public static func check(path: String) throws(Failure) {
    if OutputPath.descriptorNumber(path) != nil { return }
    if let status = System.status(path) {
      if status.st_mode & S_IFMT == S_IFDIR { throw .system(path, EISDIR) }
      if status.st_mode & S_IFMT != S_IFREG { return }
    } else if errno != ENOENT {
      throw .system(path)
    }
    let directory = OutputPath.split(try OutputPath.resolved(path)).directory
    guard access(directory, W_OK | X_OK) == 0 else { throw .system(path) }
  }

  /// Refuses to show what is no text to a person.
  ///
  /// - Parameters:
  ///   - path: where it is to go; nil is standard output.
  ///   - content: what it is, such as "the tensors".
  public static func refuseTerminal(_ path: String?, _ content: String) throws(Failure) {
    guard OutputPath.isTerminal(path ?? "-") else { return }
    let place = path.map { $0 == "-" ? "standard output" : "\($0):" } ?? "standard output"
    throw .usage("\(place) is a terminal; write \(content) to a file with -o FILE or > FILE")
  }

  /// Writes all bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var rest = bytes[...]
    if isTerminal { DrawnLine.clear() }
    while !rest.isEmpty {
      let slice = UnsafeRawBufferPointer(rebasing: rest)
      guard let base = slice.baseAddress else { return }
      let written = System.write(descriptor, base, slice.count)
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EPIPE {
        abandon()
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)  // die as if the parent had not ignored the signal: quietly, 141
        exit(141)
      } else {
        throw .system(name)
      }
    }
  }

  /// Writes all bytes.
  public func write(_ bytes: [UInt8]) throws(Failure) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Writes text as UTF-8.
  public func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

  /// Brings a file's bytes to the disk, after which only its name is due: so that of several outputs none is seen
  /// before all are whole. Nothing may be written afterwards.
  public func complete() throws(Failure) {
    guard isOpen, !isWhole, replacing != nil else { return }
    guard System.sync(descriptor) == 0 else { throw fail() }
    isWhole = true
  }

  /// Makes the output whole: syncs and renames a file, closes anything else. Nothing may be written afterwards.
  public func finish() throws(Failure) {
    guard isOpen else { return }
    guard replacing != nil else {
      isOpen = false
      // Standard output stays open as a number, so that no later file can take its place.
      let copy = descriptor == 1 ? dup(1) : descriptor
      guard copy >= 0, System.close(copy) == 0 else { throw .system(name) }
      return
    }
    try complete()
    isOpen = false
    guard replacing?.publish() == true else { throw fail() }
  }

  private func fail() -> Failure {
    let failure = Failure.system(name)
    abandon()
    return failure
  }

  /// Gives the output up: the temporary file goes, the old file stays.
  public func abandon() {
    if isOpen, descriptor > 2 { _ = System.close(descriptor) }
    isOpen = false
    replacing?.abandon()
  }

  deinit { if isOpen { abandon() } }
}
