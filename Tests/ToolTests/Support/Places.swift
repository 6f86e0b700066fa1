import Glibc

/// Where things are: the built tools beside the test binary, everything else in the package.
enum Places {
  /// The package's directory.
  static let package = ancestor(of: #filePath, levels: 4)
  /// The directory of the built tools, or of the installed ones that `NN_TOOLS` names.
  static let tools = environment("NN_TOOLS") ?? ancestor(of: executable, levels: 1)
  static let cases = package + "/Tests/Tools"
  static let manual = package + "/man"
  static let data = package + "/examples/data"
  static let temporary = environment("TMPDIR") ?? "/tmp"

  /// All tools, by their folders in Sources: a new one is found by itself.
  static let toolNames = Files.names(in: package + "/Sources").filter { $0.hasPrefix("nn-") }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The test binary.
  static let executable: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    return String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  private static func ancestor(of path: String, levels: Int) -> String {
    var path = path[...]
    for _ in 0..<levels {
      guard let slash = path.lastIndex(of: "/") else { break }
      path = path[..<slash]
    }
    return String(path)
  }
}
