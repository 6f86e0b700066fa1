#if canImport(Glibc)
  import Glibc
#endif

/// A new file that takes the place of another, or of nothing, once it is whole.
///
/// The file has no name until then (O_TMPFILE, open(2)), so that even SIGKILL leaves nothing behind. Where the file
/// system has no such files it has a hidden name, which goes on failure and on signals that can be caught.
struct Replacement {
  /// Where the bytes are written.
  let descriptor: Int32
  private let target: String
  private var temporary: String?

  /// Makes the file in the directory of its target; nil with errno set when that cannot be.
  ///
  /// - Parameters:
  ///   - mode: that of the old file; nil leaves what the umask leaves.
  ///   - isUnnamed: false does as on a file system without unnamed files, for the tests.
  init?(of target: String, mode: mode_t?, isUnnamed: Bool = true) {
    self.target = target
    let unnamed = isUnnamed ? Replacement.openUnnamed(in: OutputPath.split(target).directory) : -1
    if unnamed >= 0 {
      descriptor = unnamed
    } else {
      guard let (name, opened) = Replacement.named(beside: target, TemporaryFiles.create) else { return nil }
      (temporary, descriptor) = (name, opened)
    }
    if let mode { fchmod(descriptor, mode) }
  }

  private static func openUnnamed(in directory: String) -> Int32 {
    let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY  // O_TMPFILE, which the Glibc module does not have
    let opened = System.open(directory, O_WRONLY | unnamed)
    if opened >= 0, access("/proc/self/fd/\(opened)", F_OK) != 0 {  // it could never be given a name
      _ = System.close(opened)
      return -1
    }
    return opened
  }

  /// Makes something under a free hidden name, which is short whatever the target's name is; nil with errno set.
  private static func named(beside target: String, _ make: (String) -> Int32) -> (name: String, result: Int32)? {
    let directory = OutputPath.split(target).directory
    for attempt in 0..<100 {
      let name = "\(directory)/.nn-\(getpid())-\(attempt)"
      let result = make(name)
      if result >= 0 { return (name, result) }
      if errno != EEXIST { return nil }
    }
    return nil
  }

  /// Closes the file and puts it in the place of its target; false with errno set when that fails.
  mutating func publish() -> Bool {
    if temporary == nil {
      let descriptor = descriptor
      temporary = Replacement.named(beside: target) { TemporaryFiles.link(descriptor, $0) }?.name
    }
    let number = errno
    let isClosed = System.close(descriptor) == 0
    guard let name = temporary else {
      errno = number
      return false
    }
    guard isClosed, System.rename(name, to: target) == 0 else { return false }
    TemporaryFiles.forget(name)
    temporary = nil
    let directory = System.open(OutputPath.split(target).directory, O_RDONLY | O_DIRECTORY)
    if directory >= 0 {
      _ = System.sync(directory)  // makes the rename durable; not every file system offers it
      _ = System.close(directory)
    }
    return true
  }

  /// Removes the name that the file may have; the descriptor is the owner's to close.
  mutating func abandon() {
    guard let name = temporary else { return }
    unlink(name)
    TemporaryFiles.forget(name)
    temporary = nil
  }
}
