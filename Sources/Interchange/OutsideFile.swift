#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// One outside file or standard input, its gzip wrapping (told by the first bytes) taken off.
///
/// A regular file that is not compressed is a mapping and copies nothing; everything else is read as it is asked for.
final class OutsideFile {
  /// What messages call it.
  let name: String
  /// What the bytes are, inside the gzip wrapping.
  let content: Content
  /// Whether the bytes were gzip data.
  let isCompressed: Bool
  private let source: ByteSource
  private let inflater: Inflater?
  /// Bytes taken from the decompressor to recognise the content.
  private var head: ArraySlice<UInt8> = []
  /// What is left of the last chunk of an uncompressed input.
  private var chunk = Tensor([UInt8](), shape: [0])

  /// Opens a path; "-" is standard input. Waits for the first bytes of a pipe.
  convenience init(path: String) throws(Failure) { try self.init(try ByteSource(path: path)) }

  init(_ source: ByteSource) throws(Failure) {
    self.source = source
    name = source.name
    // Nothing that is recognised needs more than nine bytes, and a live pipe may not have more yet.
    let start = try source.peek(9)
    guard Content(of: start) == .gzip else {
      isCompressed = false
      inflater = nil
      content = Content(of: start)
      return
    }
    isCompressed = true
    let decompressor = try Inflater(.gzip, name: name) { () throws(Failure) in
      try source.readSome(source.isFile ? 1 << 26 : 1 << 18)
    }
    inflater = decompressor
    let bytes = GrowingBytes()
    try bytes.fill(upTo: 9) { (buffer) throws(Failure) in try decompressor.read(into: buffer) }
    head = bytes.withBytes { Array($0) }[...]
    content = Content(of: Array(head))
  }

  /// The first bytes, which stay to be read: as they arrive until `isEnough`, at most `limit` of them.
  func peek(_ limit: Int, until isEnough: (UnsafeBufferPointer<UInt8>) -> Bool) throws(Failure) -> [UInt8] {
    if source.isFile, !isCompressed { return try source.peek(limit) }
    var start = Array(head)
    head = []
    var piece = [UInt8](repeating: 0, count: limit)
    while start.count < limit, !start.withUnsafeBufferPointer(isEnough) {
      let got = try piece.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
        try read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if got == 0 { break }
      start += piece[..<got]
    }
    head = start[...]
    return Array(start.prefix(limit))
  }

  /// Fills some of a buffer, at least one byte; 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if !head.isEmpty {
      let taken = head.prefix(buffer.count)
      buffer.copyBytes(from: taken)
      head = head.dropFirst(taken.count)
      return taken.count
    }
    if let inflater { return try inflater.read(into: buffer) }
    if chunk.count == 0 { chunk = try source.readSome(max(buffer.count, 1 << 16)) }
    let taken = min(chunk.count, buffer.count)
    chunk.withBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(taken))) }
    chunk = chunk[rows: taken..<chunk.count]
    return taken
  }

  /// All bytes of a regular file that is not compressed, as a mapping; nil for anything else.
  func mapped() throws(Failure) -> Tensor? {
    guard source.isFile, !isCompressed else { return nil }
    return try source.readAll()
  }

  /// All bytes of an input that is not compressed.
  func readAll() throws(Failure) -> Tensor {
    guard !isCompressed else {
      throw .input("\(name): is \(content.phrase) inside gzip data; decompress it with gzip -dc first")
    }
    return try source.readAll()
  }

  /// The bytes of a format that tells its size in its first bytes.
  ///
  /// `size` gives the whole size once it can be told from the bytes so far, or nil when more than the bytes so far are
  /// needed. What is held never exceeds that size, however much more the input would give: a decompression bomb ends
  /// here. The input must end where its size says.
  func readSized(
    _ what: String, _ size: (UnsafeRawBufferPointer) throws(Failure) -> Int?
  ) throws(Failure) -> Tensor {
    if let whole = try mapped() {
      guard let due = try whole.withBytes({ (bytes) throws(Failure) in try size(bytes) }) else {
        throw .input("\(name): truncated: the header of \(what) is not whole")
      }
      guard whole.count >= due else { throw truncated(what, whole.count, due) }
      guard whole.count == due else { throw tooLong(what, due) }
      return whole
    }
    let bytes = GrowingBytes()
    var due: Int?
    var target = 64
    while due == nil {
      let hasEnded = try bytes.fill(upTo: target) { (buffer) throws(Failure) in try read(into: buffer) }
      due = try bytes.withBytes { (bytes) throws(Failure) in try size(bytes) }
      if due == nil, hasEnded { throw .input("\(name): truncated: the header of \(what) is not whole") }
      target *= 2
    }
    let total = due ?? 0
    if try bytes.fill(upTo: total, from: { (buffer) throws(Failure) in try read(into: buffer) }) {
      throw truncated(what, bytes.count, total)
    }
    let more = GrowingBytes()
    try more.fill(upTo: 1) { (buffer) throws(Failure) in try read(into: buffer) }
    guard bytes.count == total, more.count == 0 else { throw tooLong(what, total) }
    return bytes.finish(type: .uint8, shape: [total])
  }

  private func truncated(_ what: String, _ found: Int, _ due: Int) -> Failure {
    .input("\(name): truncated: \(what) has \(found) of \(due) bytes")
  }

  private func tooLong(_ what: String, _ due: Int) -> Failure {
    .input("\(name): more bytes than the \(due) that the header of \(what) declares")
  }
}
