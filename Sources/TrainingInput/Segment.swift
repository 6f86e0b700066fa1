import Tensors

/// The rows of a segment's frames, put together as they come, so that no frame is held beside them.
struct Segment {
  /// The first frame, whose tensors have no rows.
  private var first: Frame?
  /// How many rows there are.
  private(set) var rows = 0
  private var parts: [String: GrowingBytes] = [:]
  /// What has an entry for each row.
  static let names = ["x", "y", "weight"]

  /// Adds the rows of a frame, which must continue the first.
  mutating func append(_ frame: Frame) throws(Failure) {
    let added = try frame.checkData()
    var pattern = frame
    for name in Segment.names {
      let tensor = frame.tensors[name]
      if let first {
        let due = first.tensors[name]
        guard tensor?.type == due?.type, tensor?.shape.dropFirst() == due?.shape.dropFirst() else {
          throw .input("\(frame.place): '\(name)' does not continue that of the frame before")
        }
      }
      guard let tensor else { continue }
      let bytes = parts[name] ?? GrowingBytes()
      parts[name] = bytes
      tensor.withBytes { (source) throws(Never) in
        let room = bytes.room(for: source.count)
        room.copyMemory(from: source)
        bytes.commit(source.count)
      }
      pattern.tensors[name] = Tensor(type: tensor.type, shape: [0] + tensor.shape.dropFirst()) { _ in }
    }
    rows += added
    if first == nil { first = pattern }
  }

  /// One frame of all rows; nothing is left here.
  mutating func finish() -> Frame {
    guard var frame = first else { return Frame(.data) }
    for (name, bytes) in parts {
      guard let pattern = frame.tensors[name] else { continue }
      frame.tensors[name] = bytes.finish(type: pattern.type, shape: [rows] + pattern.shape.dropFirst())
    }
    return frame
  }
}
