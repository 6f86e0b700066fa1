import class Kernels.ThreadTeam

/// Reads the frames of one input, and holds them to the rules of a stream: frames 0, 1, 2 … of a segment in order,
/// the end of the input only after a last frame, no empty input.
public final class FrameReader {
  /// The input's name for messages.
  public var name: String { source.name }
  /// Whether the input is a regular file.
  public var isFile: Bool { source.isFile }
  private let source: ByteSource
  private var team: ThreadTeam?
  private var expectedIndex = 0
  private var framesRead = 0

  /// A reader over a path; "-" is standard input. A team checks large frames faster.
  public convenience init(path: String, team: ThreadTeam? = nil) throws(Failure) {
    self.init(try ByteSource(path: path), team: team)
  }

  /// A reader over an input whose first bytes may have been looked at.
  public init(_ source: ByteSource, team: ThreadTeam? = nil) {
    self.source = source
    self.team = team
  }

  /// Checks frames without the team from here on.
  func readAlone() { team = nil }

  /// The next frame; nil at the end of the input.
  public func next() throws(Failure) -> Frame? {
    let prefix = try source.peek(9)
    if prefix.isEmpty {
      if framesRead == 0 { throw empty() }
      if expectedIndex != 0 {
        throw .input(
          "\(name): the stream ends after frame \(expectedIndex - 1), before its last: the program before it failed"
        )
      }
      return nil
    }
    let length = try headerLength(prefix)
    _ = try source.read(8)
    let text = try source.read(length)
    guard text.count == length else { throw truncated("header", length, text.count) }
    let header: FrameHeader
    do throws(Failure) { header = try FrameHeader(parsing: text.withBytes { Array($0) }) } catch {
      throw error.at(place)
    }
    let frame = try assemble(header)
    framesRead += 1
    return frame
  }

  /// The kind of the next frame of a regular file, which costs no waiting; nil when it cannot be told.
  func peekKind() -> Frame.Kind? { peekMetadata()?["nn.kind"].flatMap(Frame.Kind.init) }

  /// The metadata of the next frame of a regular file, its values neither read nor checked; nil when it cannot be told.
  public func peekMetadata() -> [String: String]? {
    guard isFile, let prefix = try? source.peek(9), let length = try? headerLength(prefix),
      let bytes = try? source.peek(8 + length),
      let header = try? FrameHeader(parsing: Array(bytes.dropFirst(8)))
    else { return nil }
    return header.metadata
  }

  private var place: String { framesRead == 0 ? name : "\(name): frame \(framesRead)" }

  private func empty() -> Failure {
    .input(
      source.isFile || !source.isPipe
        ? "\(name): empty: no frame in the file"
        : "\(name): empty: the program before this one in the pipe wrote nothing")
  }

  private func truncated(_ part: String, _ expected: Int, _ found: Int) -> Failure {
    .input("\(place): truncated: the \(part) has \(found) of \(expected) bytes")
  }

  /// The header's length, or a failure that says what the bytes are instead of a frame.
  private func headerLength(_ prefix: [UInt8]) throws(Failure) -> Int {
    let length = prefix.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if prefix.count == 9, length >= 2, length <= UInt64(FrameHeader.maximumLength), prefix[8] == 0x7b {
      return Int(length)
    }
    let start = try source.peek(64)
    if let advice = Recognition.advice(for: start) { throw .input("\(place): \(advice)") }
    if prefix.count < 9 { throw .input("\(place): truncated: \(prefix.count) bytes are no frame") }
    if length > UInt64(FrameHeader.maximumLength), prefix[8] == 0x7b {
      throw .input("\(place): a header of \(length) bytes; at most \(FrameHeader.maximumLength) are read")
    }
    throw .input("\(place): not a tensor stream (see nn-tensors(5))")
  }

  private func assemble(_ header: FrameHeader) throws(Failure) -> Frame {
    let data = try source.read(header.dataLength)
    guard data.count == header.dataLength else { throw truncated("data", header.dataLength, data.count) }
    var metadata = header.metadata
    if let stated = metadata.removeValue(forKey: "nn.crc32") {
      let found = data.withBytes { Checksum.of($0, by: team) }
      guard stated == Checksum.text(found) else {
        throw .input(
          "\(place): checksum mismatch: the data is corrupt (nn.crc32 \(stated), found \(Checksum.text(found)))")
      }
    }
    let index = try natural(metadata.removeValue(forKey: "nn.frame"), "nn.frame") ?? 0
    let isLast = try natural(metadata.removeValue(forKey: "nn.last"), "nn.last") ?? 1
    guard isLast <= 1 else { throw .input("\(place): nn.last is \(isLast), not 0 or 1") }
    guard index == expectedIndex else {
      throw .input(
        "\(place): frame \(index) of its segment where \(expectedIndex) was expected: frames are missing, "
          + "repeated or out of order")
    }
    expectedIndex = isLast == 1 ? 0 : index + 1
    if let version = metadata.removeValue(forKey: "nn.version"), version != "1" {
      throw .input("\(place): format version \(version); this program reads version 1")
    }
    var tensors: [String: Tensor] = [:]
    for entry in header.entries {
      tensors[entry.name] =
        data[rows: entry.offset..<entry.offset + entry.byteCount].viewed(as: entry.type, shape: entry.shape)
    }
    var kind: Frame.Kind? = tensors["x"] == nil ? nil : .data
    if let name = metadata.removeValue(forKey: "nn.kind") {
      guard let known = Frame.Kind(rawValue: name) else {
        throw .input("\(place): unknown kind of frame '\(name)'")
      }
      kind = known
    }
    return Frame(kind, metadata: metadata, tensors: tensors, index: index, isLast: isLast == 1, place: place)
  }

  private func natural(_ text: String?, _ key: String) throws(Failure) -> Int? {
    guard let text else { return nil }
    guard let value = Int(text), value >= 0, String(value) == text else {
      throw .input("\(place): \(key) is '\(text)', not a plain non-negative integer")
    }
    return value
  }
}
