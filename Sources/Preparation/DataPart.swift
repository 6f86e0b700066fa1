#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// All rows of one role among the inputs, in the order in which their frames came.
///
/// The frames stay as they were read (a mapped file is not copied); rows are numbered through all of them.
public struct DataPart: Sendable {
  /// `train`, `valid` or `test`; nil for data without a role.
  public let role: String?
  /// The frames, at least one.
  public private(set) var frames: [Frame]
  /// The number of the first row of each frame.
  public private(set) var starts: [Int]
  /// The number of rows.
  public private(set) var rows: Int

  /// A part that begins with a frame of data. Fails when the frame breaks the rules of data or has no columns.
  public init(_ frame: Frame) throws(Failure) {
    role = frame.metadata[Metadata.role]
    frames = [frame]
    starts = [0]
    rows = try DataPart.check(frame)
  }

  /// The frame that leads the part: its metadata and its preparation hold for all rows.
  public var first: Frame { frames[0] }

  /// Adds the rows of a further frame, which must continue the first: the same tensors of the same types and row
  /// shapes, the same classes, the same preparation.
  public mutating func append(_ frame: Frame) throws(Failure) {
    let count = try DataPart.check(frame)
    for key in [Metadata.classes, Metadata.features, Metadata.targets] {
      if let ours = first.metadata[key], let theirs = frame.metadata[key], ours != theirs {
        throw .input("\(frame.place): \(key) is \(theirs) where \(first.place) has \(ours)")
      }
    }
    let (ours, theirs) = (first.metadata[Metadata.prepared], frame.metadata[Metadata.prepared])
    guard ours == theirs else {
      throw .input(
        "\(frame.place): the data is \(Preparation.phrase(theirs)) where that of \(first.place) is "
          + Preparation.phrase(ours))
    }
    let names = Set(first.rowTensors.keys).union(frame.rowTensors.keys)
    for name in names.sorted() {
      let (one, other) = (try first.tensor(name), try frame.tensor(name))
      guard one.type == other.type, one.shape.dropFirst() == other.shape.dropFirst() else {
        throw .input(
          "\(frame.place): '\(name)' is \(other.type.rawValue) \(other.shape) and does not continue "
            + "\(one.type.rawValue) \(one.shape) of \(first.place)")
      }
    }
    let (sum, overflow) = rows.addingReportingOverflow(count)
    guard !overflow else { throw .input("\(frame.place): too many rows") }
    starts.append(rows)
    frames.append(frame)
    rows = sum
  }

  /// Reads all inputs and puts the rows together by role, roles in the order in which they come first.
  public static func reading(_ input: FrameInput) throws(Failure) -> [DataPart] {
    var parts: [DataPart] = []
    while let frame = try input.next(.data) {
      if let i = parts.firstIndex(where: { $0.role == frame.metadata[Metadata.role] }) {
        try parts[i].append(frame)
      } else {
        parts.append(try DataPart(frame))
      }
    }
    return parts
  }

  /// The class ids of all rows; nil when `y` is absent or holds targets.
  public func labels() throws(Failure) -> [Int]? {
    var all: [Int] = []
    all.reserveCapacity(rows)
    for frame in frames {
      guard let ids = try frame.labels() else { return nil }
      all += ids
    }
    return all
  }

  /// The groups of all rows; nil when the data has none.
  public func groups() throws(Failure) -> [Int]? {
    var all: [Int] = []
    for frame in frames {
      guard let tensor = frame.tensors["group"] else { return nil }
      guard tensor.shape.count == 1, let ids = tensor.integers else {
        throw .input(
          "\(frame.place): 'group' is \(tensor.type.rawValue) \(tensor.shape) where a whole number a row is due")
      }
      all += ids.map(Int.init)
    }
    return all
  }

  /// One frame of the chosen rows in the order given, with everything that belongs to the whole segment.
  public func gathering(_ chosen: [Int]) -> Frame {
    var result = first
    result.index = 0
    result.isLast = true
    result.leaveEpochs()
    var positions: [[Int]] = []
    if frames.count > 1 {
      positions = Array(repeating: [], count: frames.count)
      for (position, row) in chosen.enumerated() { positions[frame(of: row)].append(position) }
    }
    for (name, tensor) in first.rowTensors {
      if frames.count == 1 {
        result.tensors[name] = tensor.gathering(rows: chosen)
        continue
      }
      let width = tensor.rowCount * tensor.type.width
      result.tensors[name] = Tensor(type: tensor.type, shape: [chosen.count] + tensor.shape.dropFirst()) { target in
        guard width > 0, let to = target.baseAddress else { return }
        for (i, frame) in frames.enumerated() {
          frame.tensors[name]?.withBytes { source in
            guard let from = source.baseAddress else { return }
            for position in positions[i] {
              memcpy(to + position * width, from + (chosen[position] - starts[i]) * width, width)
            }
          }
        }
      }
    }
    return result
  }

  /// The frame that holds a row, and the row's number in it.
  func place(of row: Int) -> (frame: Int, row: Int) {
    let frame = frame(of: row)
    return (frame, row - starts[frame])
  }

  /// The frame that holds a row: the last that starts at it or before.
  private func frame(of row: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }

  /// Holds a frame to the rules of data, and to one entry for each row in every tensor but the preparation's.
  private static func check(_ frame: Frame) throws(Failure) -> Int {
    let rows = try frame.checkData()
    guard try frame.tensor("x").rowCount > 0 else { throw .input("\(frame.place): 'x' has no columns") }
    for (name, tensor) in frame.rowTensors where tensor.shape.first != rows {
      throw .input("\(frame.place): '\(name)' has shape \(tensor.shape) where 'x' has \(rows) rows")
    }
    return rows
  }
}

extension Frame {
  /// The tensors that hold something for each row: all but those of the preparation.
  var rowTensors: [String: Tensor] { tensors.filter { !$0.key.hasPrefix(Preparation.prefix) } }
}
