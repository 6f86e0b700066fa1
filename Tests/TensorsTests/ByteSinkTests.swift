import Glibc
import Testing

@testable import Tensors

/// Files are replaced whole or not at all.
@Suite("Output")
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
    TemporaryFiles.removeAll()  // as a signal's handler does
    #expect(file.bytes == Array("old".utf8))
    sink.abandon()
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
}
