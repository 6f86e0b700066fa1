#if canImport(Glibc)
  import Glibc
#endif

/// What a folder holds.
public struct Folder: Sendable {
  /// What an entry is, symbolic links not followed.
  public enum Kind: Sendable { case file, folder, link, other }

  /// One thing in a folder.
  public struct Entry: Sendable {
    /// Its name, without the folder's.
    public let name: String
    /// What it is.
    public let kind: Kind
  }

  /// The folder's path, without a slash at its end.
  public let path: String
  /// What is in the folder, in the order of the names' bytes; hidden entries, whose names begin with a dot, are not.
  public let entries: [Entry]

  /// Looks into a folder.
  public init(path: String) throws(Failure) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let descriptor = System.open(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw .system(path) }
    guard let stream = fdopendir(descriptor) else {
      let failure = Failure.system(path)
      _ = System.close(descriptor)
      throw failure
    }
    defer { closedir(stream) }
    var entries: [Entry] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
      }
      guard let name else { throw .input("\(path): holds a name that is not UTF-8") }
      if !name.hasPrefix(".") {
        entries.append(Entry(name: name, kind: try Folder.kind(Int(entry.pointee.d_type), "\(path)/\(name)")))
      }
      errno = 0
    }
    guard errno == 0 else { throw .system(path) }
    self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The kind that the folder itself tells; some file systems do not, and then the entry is looked at.
  private static func kind(_ type: Int, _ path: String) throws(Failure) -> Kind {
    switch type {
    case Int(DT_REG): return .file
    case Int(DT_DIR): return .folder
    case Int(DT_LNK): return .link
    case Int(DT_UNKNOWN): break
    default: return .other
    }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .system(path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Whether a path leads to a folder; what leads nowhere does not.
  public static func isAt(_ path: String) -> Bool {
    System.status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }
}
