import Tensors

/// Text in blocks: a regular file as the one block that it is mapped to, anything else as it arrives.
struct TextInput {
  private let file: OutsideFile
  /// A record longer than this is taken for a quote that never closes.
  private static let maximumRecord = 1 << 28

  init(_ file: OutsideFile) { self.file = file }

  /// Gives blocks to `body`, which returns how much of a block it is done with; the rest leads the next block.
  /// A byte order mark (UTF-8) is left out.
  func forEachBlock(
    _ body: (UnsafeBufferPointer<UInt8>, _ isEnd: Bool) throws(Failure) -> Int
  ) throws(Failure) {
    if let whole = try file.mapped() {
      return try whole.withElements(of: UInt8.self) { (bytes) throws(Failure) in
        _ = try body(TextInput.withoutMark(bytes), true)
      }
    }
    var rest: [UInt8] = []
    var isStart = true
    var isEnd = false
    while !isEnd {
      let bytes = GrowingBytes()
      bytes.room(for: rest.count + 1).copyBytes(from: rest)
      bytes.commit(rest.count)
      // A record ends with a line, so text is not looked at again before another line ends; and of a long one, in which
      // lines end in quotes, not before its size has doubled.
      let due = isStart ? 3 : rest.count < 1 << 14 || !rest.contains(10) ? rest.count + 1 : 2 * rest.count
      var endsLine = false
      while bytes.count < due || !endsLine, bytes.count <= TextInput.maximumRecord, !isEnd {
        let room = bytes.room(for: 1 << 16)
        let got = try file.read(into: room)
        endsLine = endsLine || room.prefix(got).contains(10)
        bytes.commit(got)
        isEnd = got == 0
      }
      guard bytes.count <= TextInput.maximumRecord else {
        throw .input(
          "\(file.name): a record longer than \(TextInput.maximumRecord) bytes: a quote that never closes?")
      }
      rest = try bytes.withBytes { (raw) throws(Failure) in
        var text = raw.assumingMemoryBound(to: UInt8.self)
        if isStart { text = TextInput.withoutMark(text) }
        return Array(text[try body(text, isEnd)...])
      }
      isStart = false
    }
  }

  private static func withoutMark(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    bytes.starts(with: [0xef, 0xbb, 0xbf]) ? UnsafeBufferPointer(rebasing: bytes.dropFirst(3)) : bytes
  }
}
