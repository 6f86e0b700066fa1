#if canImport(Glibc)
  import Glibc
#endif

/// A file that another program writes, read as far as it goes again and again.
public final class GrowingFile {
  /// The path.
  public let name: String
  private let descriptor: Int32
  private var position = 0

  /// Opens a regular file.
  public init(path: String) throws(Failure) {
    name = path
    descriptor = System.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .system(path) }
    guard let status = System.status(descriptor) else { throw .system(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .system(path, status.st_mode & S_IFMT == S_IFDIR ? EISDIR : ESPIPE)
    }
  }

  deinit { if descriptor >= 0 { _ = System.close(descriptor) } }

  /// Whether the file has become shorter than what was read: then another run begins it anew.
  public func hasShrunk() throws(Failure) -> Bool {
    guard let status = System.status(descriptor) else { throw .system(name) }
    return Int(status.st_size) < position
  }

  /// Goes back to the beginning.
  public func rewind() throws(Failure) {
    guard System.seek(descriptor, to: 0) >= 0 else { throw .system(name) }
    position = 0
  }

  /// What was written since the last call (U8); empty when nothing was.
  public func readMore() throws(Failure) -> Tensor {
    let bytes = GrowingBytes()
    try bytes.fill(upTo: 1 << 24) { (room) throws(Failure) in
      guard let base = room.baseAddress else { return 0 }
      let got = System.read(descriptor, base, room.count)
      guard got >= 0 else { throw .system(name) }
      return got
    }
    position += bytes.count
    return bytes.finish(type: .uint8, shape: [bytes.count])
  }

  /// Whether a program has the file open for writing; nil where that cannot be told.
  ///
  /// The kernel grants a read lease, which is given back at once, only on a file that nobody has open for writing
  /// (fcntl(2), F_SETLEASE).
  public var hasWriter: Bool? {
    #if os(Linux)
      signal(SIGIO, SIG_IGN)  // a writer that comes while the lease is held waits for it, and we would be told
      let setLease: Int32 = 1024  // F_SETLEASE, which fcntl.h tells only where _GNU_SOURCE is defined
      if fcntl(descriptor, setLease, F_RDLCK) == 0 {
        _ = fcntl(descriptor, setLease, F_UNLCK)
        return false
      }
      return errno == EAGAIN ? true : nil
    #else
      return nil
    #endif
  }
}
