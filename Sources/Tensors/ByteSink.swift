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
  private let descriptor: Int32
  private let replacing: Replacement?
  private var isOpen = true

  private struct Replacement {
    var target: String
    var temporary: String
  }

  /// A sink on standard output.
  public static func standardOutput() -> ByteSink {
    ByteSink(name: "standard output", descriptor: 1, replacing: nil)
  }

  private init(name: String, descriptor: Int32, replacing: Replacement?) {
    self.name = name
    self.descriptor = descriptor
    self.replacing = replacing
  }

  /// Opens a path for writing; "-" is standard output.
  ///
  /// - Parameter kept: when given, the file itself is written on after its first `kept` bytes, as logs are, which people
  ///   read while they grow; nothing that is kept is ever rewritten.
  public static func open(path: String, appendingAfter kept: Int? = nil) throws(Failure) -> ByteSink {
    if path == "-" { return standardOutput() }
    if let number = descriptorNumber(path) {
      let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw .system(path) }
      return ByteSink(name: path, descriptor: copy, replacing: nil)
    }
    var status = stat()
    let exists = stat(path, &status) == 0
    let isRegular = !exists || status.st_mode & S_IFMT == S_IFREG
    if kept != nil || !isRegular {
      let opened = Glibc.open(path, O_WRONLY | O_CLOEXEC | (kept == nil ? 0 : O_CREAT), 0o666)
      guard opened >= 0 else { throw .system(path) }
      if let kept, isRegular, ftruncate(opened, off_t(kept)) != 0 || lseek(opened, off_t(kept), SEEK_SET) < 0 {
        defer { close(opened) }
        throw .system(path)
      }
      return ByteSink(name: path, descriptor: opened, replacing: nil)
    }
    let target = resolved(path)
    let (directory, base) = split(target)
    for attempt in 0..<100 {
      let temporary = "\(directory)/.\(base).\(getpid()).\(attempt)"
      let opened = TemporaryFiles.create(temporary)
      if opened < 0, errno == EEXIST { continue }
      guard opened >= 0 else { throw .system(path) }
      if exists { fchmod(opened, status.st_mode & 0o7777) }
      return ByteSink(
        name: path, descriptor: opened, replacing: Replacement(target: target, temporary: temporary))
    }
    throw .system(path, EEXIST)
  }

  /// Fails early, before long work, when a path could not be written later.
  public static func check(path: String) throws(Failure) {
    if path == "-" || descriptorNumber(path) != nil { return }
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .system(path, EISDIR) }
      if status.st_mode & S_IFMT != S_IFREG { return }
    }
    let (directory, _) = split(resolved(path))
    if stat(directory, &status) == 0, status.st_mode & S_IFMT != S_IFDIR { throw .system(path, ENOTDIR) }
    guard access(directory, W_OK | X_OK) == 0 else { throw .system(path) }
  }

  /// Whether the sink shows its bytes to a person.
  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes all bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let slice = UnsafeRawBufferPointer(rebasing: rest)
      let written = Glibc.write(descriptor, slice.baseAddress, min(slice.count, 1 << 30))
      if written >= 0 {
        rest = rest.dropFirst(written)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      case EPIPE:
        abandon()
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)  // die as if the parent had not ignored the signal: quietly, 141
        exit(141)
      default: throw .system(name)
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

  /// Makes the output whole: syncs and renames a file, closes anything else. Nothing may be written afterwards.
  public func finish() throws(Failure) {
    guard isOpen else { return }
    guard let replacing else {
      isOpen = false
      // Standard output stays open as a number, so that no later file can take its place.
      let copy = descriptor == 1 ? dup(1) : descriptor
      guard copy >= 0, close(copy) == 0 else { throw .system(name) }
      return
    }
    guard fsync(descriptor) == 0 else { throw fail() }
    isOpen = false
    guard close(descriptor) == 0, rename(replacing.temporary, replacing.target) == 0 else { throw fail() }
    TemporaryFiles.forget(replacing.temporary)
    let directory = Glibc.open(ByteSink.split(replacing.target).directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)  // makes the rename durable; not every file system offers it
      close(directory)
    }
  }

  private func fail() -> Failure {
    let failure = Failure.system(name)
    abandon()
    return failure
  }

  /// Gives the output up: the temporary file goes, the old file stays.
  public func abandon() {
    if isOpen, descriptor > 2 { close(descriptor) }
    isOpen = false
    if let replacing {
      unlink(replacing.temporary)
      TemporaryFiles.forget(replacing.temporary)
    }
  }

  deinit { if isOpen { abandon() } }

  /// The descriptor that a path such as /dev/stdout or /dev/fd/3 stands for.
  private static func descriptorNumber(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
        return Int32(path.dropFirst(prefix.count))
      }
      return nil
    }
  }

  /// The file a chain of symbolic links ends at, which is the one to replace.
  private static func resolved(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let length = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink(path, $0, bytes.count) } ?? -1
      }
      guard length > 0 else { return path }
      let link = String(decoding: buffer[..<length], as: UTF8.self)
      path = link.hasPrefix("/") ? link : "\(split(path).directory)/\(link)"
    }
    return path
  }

  private static func split(_ path: String) -> (directory: String, base: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
  }
}
