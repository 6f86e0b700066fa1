import Glibc

/// Ends the process when memory is gone: nothing can be unwound, so it says so in one line and leaves with status 1.
///
/// The line is put together on the stack, for not even its words may have room elsewhere.
///
/// - Parameter wanted: how many bytes there was no room for.
public func outOfMemory(_ wanted: Int) -> Never {
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { line in
    var count = 0
    func add(_ text: StaticString) {
      for i in 0..<text.utf8CodeUnitCount where count < line.count {
        line[count] = text.utf8Start[i]
        count += 1
      }
    }
    if let path = CommandLine.unsafeArgv[0] {
      var name = strrchr(path, 0x2f).map { $0 + 1 } ?? path
      while name.pointee != 0, count < 100 {
        line[count] = UInt8(bitPattern: name.pointee)
        (count, name) = (count + 1, name + 1)
      }
    }
    add(count == 0 ? "nn-tools: out of memory: " : ": out of memory: ")  // there was no room for arguments, even
    var unit = 1
    while wanted / unit >= 10 { unit *= 10 }
    while unit > 0 {
      line[count] = 0x30 + UInt8(wanted / unit % 10)
      (count, unit) = (count + 1, unit / 10)
    }
    add(" bytes were wanted\n")
    _ = write(2, line.baseAddress, count)
  }
  exit(1)
}

/// What the tools are linked with in the place of malloc(3) (--wrap=malloc), so that an array that finds no room ends
/// the process as a buffer does; Swift's runtime would leave a trace of its stack and a core.
///
/// posix_memalign(3) is not replaced, and relays what needs no more than the usual alignment to the library's malloc.
@_cdecl("__wrap_malloc")
public func allocateOrEnd(_ size: Int) -> UnsafeMutableRawPointer? {
  var memory: UnsafeMutableRawPointer?
  guard posix_memalign(&memory, 16, size) == 0 else { outOfMemory(size) }
  return memory
}
