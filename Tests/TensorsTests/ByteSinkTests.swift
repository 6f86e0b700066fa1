import Glibc
import Testing

@testable import Tensors

/// Files are replaced whole or not at all.
@Suite("Output", .serialized)
struct ByteSinkTests {
  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test("the old content stays until the new is whole; the mode is kept")
  func replacement() throws {
    let file = TemporaryFile(Array("old".utf8))
    chmod(file.path, 0o604)
    let sink = try ByteSink.open(path: file.path)
    try sink.write("new")
    #expect(file.bytes == Array("old".utf8))
    try sink.finish()
    #expect(file.bytes == Array("new".utf8))
    #expect(mode(file.path) == 0o604)
  }

  @Test("what is given up leaves nothing")
  func abandoning() throws {
    let file = TemporaryFile(Array("old".utf8))
    do {
      let sink = try ByteSink.open(path: file.path)
      try sink.write("new")
    }
    let sink = try ByteSink.open(path: file.path)
    try sink.write("new")
    sink.abandon()
    #expect(file.bytes == Array("old".utf8))
  }

  @Test("a chain of links is followed")
  func links() throws {
    let file = TemporaryFile(Array("old".utf8))
    let first = file.path + ".a"
    let second = file.path + ".b"
    symlink(file.path, first)
    symlink(String(first.split(separator: "/").last ?? ""), second)  // relative to its own directory
    defer {
      unlink(first)
      unlink(second)
    }
    let sink = try ByteSink.open(path: second)
    try sink.write("new")
    try sink.finish()
    #expect(file.bytes == Array("new".utf8))
    var status = stat()
    #expect(lstat(second, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test("places where no file can be are told before the work")
  func early() {
    for (path, number) in [("/tmp", EISDIR), ("/nonexistent/x", ENOENT), ("/dev/null/x", ENOTDIR)] {
      #expect(failure { try ByteSink.check(path: path) } == Failure.system(path, number))
    }
    #expect(failure { try ByteSink.check(path: "/dev/null") } == nil)
    #expect(failure { try ByteSink.check(path: "-") } == nil)
    #expect(failure { try ByteSink.check(path: "relative.st") } == nil)
  }

  @Test("a full disk is told")
  func full() throws {
    let sink = try ByteSink.open(path: "/dev/full")
    #expect(failure { try sink.write("x") } == Failure.system("/dev/full", ENOSPC))
  }

  /// A directory that goes with all in it, after the names in it have been told.
  private func names(after body: (String) throws -> Void) throws -> [String] {
    var template = Array("/tmp/nn-unit.XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    let directory = String(cString: try #require(made))
    defer { rmdir(directory) }
    try body(directory)
    var found: [String] = []
    let stream = try #require(opendir(directory))
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      found.append(name)
      unlink("\(directory)/\(name)")
    }
    return found
  }

  @Test("a name as long as a name can be; a longer one is told early")
  func longName() throws {
    let longest = String(repeating: "n", count: 255)
    let found = try names { directory in
      let sink = try ByteSink.open(path: "\(directory)/\(longest)")
      try sink.finish()
      let path = "\(directory)/\(longest)n"
      #expect(failure { try ByteSink.check(path: path) } == Failure.system(path, ENAMETOOLONG))
    }
    #expect(found == [longest])
  }

  @Test("an output that is complete and not finished is not seen")
  func completion() throws {
    let found = try names { directory in
      let first = try ByteSink.open(path: "\(directory)/a")
      let second = try ByteSink.open(path: "\(directory)/b")
      for sink in [first, second] { try sink.complete() }
      first.abandon()
      try second.finish()
    }
    #expect(found == ["b"])
  }

  @Test("without unnamed files a hidden name does, and goes with failures")
  func hiddenName() throws {
    let target = String(repeating: "n", count: 255)
    let found = try names { directory in
      let path = "\(directory)/\(target)"
      let hidden = "\(directory)/.nn-\(getpid())-0"
      var given = try #require(Replacement(of: path, mode: 0o604, isUnnamed: false))
      #expect(access(hidden, F_OK) == 0)
      given.abandon()
      close(given.descriptor)
      #expect(access(hidden, F_OK) != 0)
      var killed = try #require(Replacement(of: path, mode: nil, isUnnamed: false))
      unlink(hidden)  // as a signal's handler does with all there are
      let isPublished = killed.publish()
      #expect(!isPublished)
      killed.abandon()
      var whole = try #require(Replacement(of: path, mode: 0o604, isUnnamed: false))
      let isThere = whole.publish()
      #expect(isThere)
      #expect(mode(path) == 0o604)
    }
    #expect(found == [target])
  }

  @Test("a circle of links is told, not replaced")
  func circle() throws {
    let first = TemporaryFile().path + ".a"
    let second = first + ".b"
    symlink(first, second)
    symlink(second, first)
    defer {
      unlink(first)
      unlink(second)
    }
    #expect(failure { try ByteSink.check(path: first) } == Failure.system(first, ELOOP))
    #expect(failure { _ = try ByteSink.open(path: first) } == Failure.system(first, ELOOP))
  }

  @Test("a path with a role is checked as far as the role")
  func roles() {
    #expect(failure { try RolePath("{role}/x.st").check() } == nil)
    #expect(failure { try RolePath("/tmp/{role}.st").check() } == nil)
    for (path, number) in [("/nonexistent/{role}.st", ENOENT), ("/dev/null/{role}/x.st", ENOTDIR)] {
      #expect(failure { try RolePath(path).check() } == Failure.system(path, number))
    }
    for role in ["", ".", "..", "a/b"] {
      let frame = Frame(.data, metadata: [Metadata.role: role])
      #expect(failure { _ = try RolePath("{role}/x.st").path(for: frame) }?.status == .input)
    }
  }
}
