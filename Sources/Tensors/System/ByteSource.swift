#if canImport(Glibc)
  import Glibc
#endif

/// Bytes from a file or a pipe, in order.
///
/// A regular file is mapped, so reading copies nothing; from anything else memory grows as bytes arrive, never by a
/// length that the input only claims.
public final class ByteSource {
  /// What messages call it: the path, or "standard input".
  public let name: String
  /// Whether another program writes the bytes, as far as can be told.
  let isPipe: Bool
  private let descriptor: Int32
  private let mapping: Storage?
  /// What stands for a pipe: all of its bytes, and how many of them it gives at a time.
  private let memory: (bytes: Storage, piece: Int)?
  private var position = 0
  private var pushedBack: [UInt8] = []

  /// Opens a path; "-" is standard input, which must not be a terminal, where nobody knows what to type.
  public init(path: String) throws(Failure) {
    if path == "-" {
      guard isatty(0) == 0 else { throw .usage("standard input is a terminal") }
      name = "standard input"
      descriptor = 0
    } else {
      name = path
      let opened = System.open(path, O_RDONLY)
      guard opened >= 0 else { throw .system(path) }
      descriptor = opened
    }
    memory = nil
    guard let status = System.status(descriptor) else { throw .system(name) }
    isPipe = path == "-" || [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .system(name, EISDIR)
    case S_IFREG:
      let start = path == "-" ? max(0, Int(lseek(0, 0, SEEK_CUR))) : 0
      position = min(start, Int(status.st_size))
      mapping = try ByteSource.map(descriptor, Int(status.st_size), name)
      if path != "-" { _ = System.close(descriptor) }
    default:
      mapping = nil
      widenPipe()
    }
  }

  /// Bytes in memory, which tests and fuzzing read: as a regular file has them, or as a pipe gives them, at most `piece`
  /// at a time.
  init(_ bytes: UnsafeRawBufferPointer, name: String, piece: Int? = nil) {
    let storage = Storage(copying: bytes)
    self.name = name
    isPipe = piece != nil
    descriptor = -1
    mapping = piece == nil ? storage : nil
    memory = piece.map { (storage, $0) }
  }

  deinit { if mapping == nil, descriptor > 0 { _ = System.close(descriptor) } }

  /// Lets a pipe hold 1 MiB, not 64 KiB, at each fill of which both ends wake up; it may be refused, and then stays as it
  /// is.
  private func widenPipe() {
    #if os(Linux)
      let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ, which fcntl.h tells only where _GNU_SOURCE is defined
      _ = fcntl(descriptor, setPipeSize, 1 << 20)
    #endif
  }

  private static func map(_ descriptor: Int32, _ length: Int, _ name: String) throws(Failure) -> Storage {
    guard length > 0 else { return Storage(zeroed: 0) }
    guard let base = System.map(descriptor, length) else { throw .system(name) }
    madvise(base, length, MADV_WILLNEED)
    return Storage(mapping: base, count: length, length: length)
  }

  /// Whether the bytes are those of a regular file, which can be looked at without waiting.
  public var isFile: Bool { mapping != nil }

  /// Up to `count` bytes without consuming them; fewer only at the end of the input.
  public func peek(_ count: Int) throws(Failure) -> [UInt8] {
    if let mapping {
      let available = min(count, mapping.count - position)
      return Array(UnsafeRawBufferPointer(start: mapping.base + position, count: available))
    }
    while pushedBack.count < count {
      var chunk = [UInt8](repeating: 0, count: count - pushedBack.count)
      let got = try chunk.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
        try readOnce(buffer.baseAddress, buffer.count)
      }
      if got == 0 { break }
      pushedBack.append(contentsOf: chunk[..<got])
    }
    return Array(pushedBack.prefix(count))
  }

  /// The next `count` bytes (U8), or as many as there are before the end of the input.
  func read(_ count: Int) throws(Failure) -> Tensor {
    if let mapping {
      let available = min(count, mapping.count - position)
      defer { position += available }
      return Tensor(type: .uint8, shape: [available], storage: mapping, offset: position)
    }
    let bytes = GrowingBytes()
    let held = min(count, pushedBack.count)
    bytes.room(for: held).copyBytes(from: pushedBack.prefix(held))
    bytes.commit(held)
    pushedBack.removeFirst(held)
    try bytes.fill(upTo: count) { (room) throws(Failure) in try readOnce(room.baseAddress, room.count) }
    return bytes.finish(type: .uint8, shape: [bytes.count])
  }

  /// What has arrived of the next `count` bytes, at least one of them; an empty tensor at the end of the input.
  ///
  /// A pipe is waited for only while it holds nothing.
  public func readSome(_ count: Int) throws(Failure) -> Tensor {
    if mapping != nil || !pushedBack.isEmpty {
      return try read(mapping == nil ? min(count, pushedBack.count) : count)
    }
    let bytes = GrowingBytes()
    let room = bytes.room(for: count)
    bytes.commit(try readOnce(room.baseAddress, min(count, room.count)))
    return bytes.finish(type: .uint8, shape: [bytes.count])
  }

  /// The rest of the input.
  public func readAll() throws(Failure) -> Tensor { try read(Int.max) }

  private func readOnce(_ buffer: UnsafeMutableRawPointer?, _ count: Int) throws(Failure) -> Int {
    guard let buffer else { return 0 }
    if let memory {
      let got = min(count, memory.piece, memory.bytes.count - position)
      memcpy(buffer, memory.bytes.base + position, got)
      position += got
      return got
    }
    let got = System.read(descriptor, buffer, count)
    guard got >= 0 else { throw .system(name) }
    return got
  }
}
