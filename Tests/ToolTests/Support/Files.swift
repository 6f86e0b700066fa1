import Glibc

/// The few file operations the tests need, without Foundation.
enum Files {
  /// The bytes of a file; nil when it cannot be read.
  static func bytes(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(descriptor, &chunk, chunk.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { return nil }
      if got == 0 { return result }
      result += chunk[..<got]
    }
  }

  /// The text of a file; nil when it cannot be read.
  static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

  /// Writes a file, whole or not at all as far as the caller can tell.
  @discardableResult
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }

  static func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }

  /// The names in a directory, sorted, hidden ones included.
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func isSymbolicLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Removes a file or a whole directory.
  static func remove(_ path: String) {
    if !isSymbolicLink(path), isDirectory(path) {
      chmod(path, 0o700)
      for name in names(in: path) { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// A fresh directory that goes with its owner.
final class Scratch: Sendable {
  let path: String

  /// An empty directory, or a copy of another's files.
  init(copyOf original: String? = nil) {
    var template = Array("\(Places.temporary)/nn-tests.XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
    }
    precondition(!path.isEmpty, "no directory can be made in \(Places.temporary)")
    guard let original else { return }
    Scratch.copy(original, to: path)
  }

  private static func copy(_ original: String, to path: String) {
    for name in Files.names(in: original) {
      if let bytes = Files.bytes("\(original)/\(name)") {
        Files.write(bytes, to: "\(path)/\(name)")
      } else {
        mkdir("\(path)/\(name)", 0o777)
        copy("\(original)/\(name)", to: "\(path)/\(name)")
      }
    }
  }

  deinit { Files.remove(path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}
