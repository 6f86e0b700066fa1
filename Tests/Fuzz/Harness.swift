@testable import Tensors

/// What libFuzzer gives a target: bytes, of which the first few may choose how the rest is read.
struct Input {
  private(set) var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafePointer<UInt8>?, _ count: Int) { rest = UnsafeRawBufferPointer(start: bytes, count: count) }

  /// The next byte; 0 at the end.
  mutating func byte() -> Int {
    guard let first = rest.first else { return 0 }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
    return Int(first)
  }

  /// The rest as text.
  var text: String { String(decoding: rest, as: UTF8.self) }

  /// The rest as a regular file, or with a piece as a pipe that gives so many bytes at a time.
  func source(piece: Int?) -> ByteSource { ByteSource(rest, name: "input", piece: piece) }

  /// The rest after a byte that says how it comes: from a regular file (even), or from a pipe in some dozen pieces.
  mutating func source() -> ByteSource {
    let choice = byte()
    return ByteSource(rest, name: "input", piece: choice % 2 == 0 ? nil : choice / 2 + rest.count / 16 + 1)
  }

  /// The frame that the rest describes: up to the first zero byte lines such as `nn.input=2` (a `|` in the text stands for
  /// a new line) and `0.weight F32 2x3`, then the data, repeated as far as the tensors ask for. So a mutation of a shape
  /// keeps all lengths around it in order, as a header that is accepted does.
  func frame(_ kind: Frame.Kind) -> Frame? {
    let end = rest.firstIndex(of: 0) ?? rest.count
    let data = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
    var frame = Frame(kind)
    var position = 0
    for line in rest[..<end].split(separator: 0x0a) {
      if let equals = line.firstIndex(of: 0x3d) {
        let value = line[line.index(after: equals)...].map { $0 == 0x7c ? 0x0a : $0 }
        frame.metadata[String(decoding: line[..<equals], as: UTF8.self)] = String(decoding: value, as: UTF8.self)
      } else {
        let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 2, let type = ElementType(rawValue: words[1]) else { return nil }
        var count = type.width
        var shape: [Int] = []
        for size in words.count > 2 ? words[2].split(separator: "x") : [] {
          guard let size = Int(size), (0...1 << 16).contains(size), shape.count < FrameHeader.maximumRank else {
            return nil
          }
          shape.append(size)
          count *= size
          guard count <= 1 << 16 else { return nil }
        }
        frame.tensors[words[0]] = Tensor.filled(type, shape, count) { i in
          data.isEmpty ? 0 : data[(position + i) % data.count]
        }
        position += count
      }
    }
    return frame
  }
}

/// Runs a target: it may answer, or refuse its input by a failure; whatever else ends it is a bug.
///
/// - Returns: whether it answered.
@discardableResult
func answers(_ body: () throws(Failure) -> Void) -> Bool {
  do throws(Failure) {
    try body()
    return true
  } catch {
    precondition(!error.message.isEmpty)
    return false
  }
}

/// Ends a target whose answer is wrong.
func require(_ condition: Bool, _ what: @autoclosure () -> String, line: Int = #line) {
  if !condition { fatalError("line \(line): \(what())") }
}

extension Tensor {
  /// A tensor of the bytes that `byte` gives.
  fileprivate static func filled(_ type: ElementType, _ shape: [Int], _ count: Int, _ byte: (Int) -> UInt8) -> Tensor {
    Tensor((0..<count).map(byte), shape: [count]).viewed(as: type, shape: shape)
  }
}
