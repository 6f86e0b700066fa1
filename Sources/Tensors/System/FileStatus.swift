#if canImport(Glibc)
  import Glibc
#endif

/// Questions about paths.
public enum FileStatus {
  /// Whether two paths name one file, by device and inode, or by spelling where there is none yet.
  public static func areSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    guard let a = System.status(path), let b = System.status(other) else { return false }
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_mode & S_IFMT == S_IFREG
  }

  /// Whether a path, which must lead to something, leads to a regular file.
  static func isRegular(_ path: String) throws(Failure) -> Bool {
    guard let status = System.status(path) else { throw .system(path) }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether there is something at a path; fails when that cannot be told.
  static func exists(_ path: String) throws(Failure) -> Bool {
    if System.status(path) != nil { return true }
    guard errno == ENOENT else { throw .system(path) }
    return false
  }
}
