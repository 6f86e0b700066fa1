#if canImport(Glibc)
  import Glibc
#endif

/// Questions about paths.
public enum FileStatus {
  /// Whether two paths name one file, by device and inode, or by spelling where there is none yet.
  public static func areSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    var (a, b) = (stat(), stat())
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
      && a.st_mode & S_IFMT == S_IFREG
  }

  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}
