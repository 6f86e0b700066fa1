#if canImport(Glibc)
  import Glibc
#endif

/// What can be told of a path before it is written.
enum OutputPath {
  /// The descriptor that a path such as /dev/stdout or /dev/fd/3 stands for.
  static func descriptorNumber(_ path: String) -> Int32? {
    switch path {
    case "-", "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
        return Int32(path.dropFirst(prefix.count))
      }
      return nil
    }
  }

  /// Whether a path leads to a terminal.
  static func isTerminal(_ path: String) -> Bool {
    if let number = descriptorNumber(path) { return isatty(number) == 1 }
    guard let status = System.status(path), status.st_mode & S_IFMT == S_IFCHR else { return false }
    let opened = System.open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK)
    guard opened >= 0 else { return false }
    defer { _ = System.close(opened) }
    return isatty(opened) == 1
  }

  /// The file a chain of symbolic links ends at, which is the one to replace.
  static func resolved(_ path: String) throws(Failure) -> String {
    var target = path
    for _ in 0..<40 {  // as many as Linux follows, path_resolution(7)
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let length = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink(target, $0, bytes.count) } ?? -1
      }
      guard length > 0 else {
        // No link, or nothing there.
        guard [EINVAL, ENOENT, ENOTDIR].contains(errno) else { throw .system(path) }
        return target
      }
      let link = String(decoding: buffer[..<length], as: UTF8.self)
      target = link.hasPrefix("/") ? link : "\(split(target).directory)/\(link)"
    }
    throw .system(path, ELOOP)
  }

  static func split(_ path: String) -> (directory: String, base: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
  }
}
