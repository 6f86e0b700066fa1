import Tensors

/// Lines of JSON objects out of bytes as they arrive, each line once and in linear time.
///
/// Lines that are empty are passed over. The end of the bytes may be half a line, as a run leaves it that was killed while
/// it wrote: `finish` then gives up that line, if it is no whole object.
public struct JSONLines {
  /// A longer line is no line of a log.
  public static let longest = 1 << 24

  private let place: String
  private var rest: [UInt8] = []
  /// Lines that have been read.
  public private(set) var count = 0

  /// Lines of an input of a name.
  public init(place: String) { self.place = place }

  /// Takes bytes (U8), and gives each line that they complete to `body`, with its number from 1.
  public mutating func add(
    _ bytes: Tensor, _ body: (JSON, Int) throws(Failure) -> Void
  ) throws(Failure) {
    try bytes.withElements(of: UInt8.self) { (bytes) throws(Failure) in
      var start = 0
      while let end = bytes[start...].firstIndex(of: 0x0a) {
        let line = rest + bytes[start..<end]
        rest = []
        start = end + 1
        try take(line, body)
      }
      rest += bytes[start...]
      guard rest.count <= JSONLines.longest else { throw failure("is longer than \(JSONLines.longest) bytes") }
    }
  }

  /// Gives the last line, which has no end, to `body` when it is whole.
  public mutating func finish(_ body: (JSON, Int) throws(Failure) -> Void) throws(Failure) {
    let last = rest
    rest = []
    guard let text = String(validating: last, as: UTF8.self), (try? JSON.parse(text)) != nil else {
      if count == 0, !last.isEmpty { throw failure("is no JSON object") }
      return
    }
    try take(last, body)
  }

  private mutating func take(_ line: [UInt8], _ body: (JSON, Int) throws(Failure) -> Void) throws(Failure) {
    count += 1
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { return }
    guard let text = String(validating: line, as: UTF8.self) else { throw failure("is not UTF-8", line: count) }
    let value: JSON
    do throws(Failure) { value = try JSON.parse(text) } catch {
      throw failure("is no JSON: \(error.message)", line: count)
    }
    guard case .object = value else { throw failure("is no JSON object", line: count) }
    do throws(Failure) { try body(value, count) } catch { throw error.at("\(place): line \(count)") }
  }

  private func failure(_ what: String, line: Int? = nil) -> Failure {
    .input("\(place): line \(line ?? count + 1) \(what)")
  }
}
