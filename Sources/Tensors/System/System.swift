#if canImport(Glibc)
  import Glibc
#endif

/// The system calls on files, in one place: interrupted ones are repeated, those on a descriptor that does not block
/// wait, and the tests make any of them fail (see `Faults`).
///
/// Results are those of the calls, −1 with errno set for a failure; see their pages in section 2 of the manual.
enum System {
  /// The calls that can be made to fail.
  enum Call: String, CaseIterable { case open, stat, map, read, write, seek, truncate, sync, link, rename, close }

  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) -> Int32 {
    repeated(.open) { Glibc.open(path, flags | O_CLOEXEC, mode) }
  }

  /// What is known of a path, links followed; nil with errno set for a failure.
  static func status(_ path: String) -> stat? {
    var status = stat()
    return repeated(.stat) { stat(path, &status) } == 0 ? status : nil
  }

  /// What is known of an open file; nil with errno set for a failure.
  static func status(_ descriptor: Int32) -> stat? {
    var status = stat()
    return repeated(.stat) { fstat(descriptor, &status) } == 0 ? status : nil
  }

  /// A private mapping of a file to read, or with −1 of fresh zeros to write; nil with errno set for a failure.
  static func map(_ descriptor: Int32, _ length: Int) -> UnsafeMutableRawPointer? {
    let isFile = descriptor >= 0
    guard !Faults.strike(.map),
      let base = mmap(
        nil, length, isFile ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | (isFile ? 0 : MAP_ANONYMOUS),
        descriptor, 0), base != MAP_FAILED
    else { return nil }
    return base
  }

  /// Reads what is there, waiting for the first byte; 0 at the end.
  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    waiting(descriptor, POLLIN) { repeated(.read) { Glibc.read(descriptor, buffer, Faults.cut(.read, count)) } }
  }

  /// Writes what fits, waiting until something does.
  static func write(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    // A single call transfers at most 0x7ffff000 bytes on Linux.
    waiting(descriptor, POLLOUT) {
      repeated(.write) { Glibc.write(descriptor, buffer, Faults.cut(.write, min(count, 1 << 30))) }
    }
  }

  static func seek(_ descriptor: Int32, to offset: Int) -> Int {
    repeated(.seek) { lseek(descriptor, off_t(offset), SEEK_SET) }
  }

  static func truncate(_ descriptor: Int32, to length: Int) -> Int32 {
    repeated(.truncate) { ftruncate(descriptor, off_t(length)) }
  }

  static func sync(_ descriptor: Int32) -> Int32 { repeated(.sync) { fsync(descriptor) } }

  /// Gives an open file that has no name a name (open(2), O_TMPFILE).
  static func link(_ descriptor: Int32, as path: String) -> Int32 {
    repeated(.link) { linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) }
  }

  static func rename(_ path: String, to target: String) -> Int32 {
    repeated(.rename) { Glibc.rename(path, target) }
  }

  /// Closes a descriptor, which is gone whatever the result says; on Linux also after EINTR, which is no failure.
  static func close(_ descriptor: Int32) -> Int32 {
    let result = Glibc.close(descriptor)
    return (Faults.strike(.close) ? -1 : result) < 0 && errno != EINTR ? -1 : 0
  }

  private static func repeated<Result: SignedInteger>(_ call: Call, _ body: () -> Result) -> Result {
    while true {
      let result = Faults.strike(call) ? -1 : body()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  private static func waiting(_ descriptor: Int32, _ event: Int32, _ body: () -> Int) -> Int {
    while true {
      let result = body()
      if result >= 0 || errno != EAGAIN { return result }
      var waiting = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      _ = poll(&waiting, 1, -1)
    }
  }
}
