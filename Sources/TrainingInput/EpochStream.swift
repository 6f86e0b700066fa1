import Kernels
import Networks
import Tensors
import Training

/// Training rows that come anew for each epoch: segments of a stream, or windows of them, each read while the one before
/// it is trained on.
final class EpochStream: EpochSource {
  /// How many epochs the stream says it has.
  let count: Int?
  /// Rows of a window; nil takes a segment as a whole.
  let window: Int?
  private let isMarked: Bool
  /// How many epochs are due of a stream that does not say how many it has; nil is any number.
  private let due: Int?
  private let input: FrameInput
  private let prepared: (Frame) throws(Failure) -> Frame
  /// The first frame of the stream until it is taken.
  private var first: Frame?
  /// Frames of the epoch that the window before had no room for, or not for all of their rows.
  private var rest: ArraySlice<Part> = []
  /// Whether the last frame of the epoch has come.
  private var hasLast = false
  /// The number of the epoch that is read now.
  private var number = 0
  private var reading: Background<Result<Dataset?, Failure>>?

  /// A frame, and how many of its rows are taken already.
  private struct Part {
    var frame: Frame
    var taken = 0

    /// How many are left.
    var rows: Int { (frame.tensors["x"]?.rows ?? 0) - taken }

    /// Takes as many as there are, up to a number: a frame that shares their storage.
    mutating func take(_ limit: Int) -> Frame {
      let range = taken..<taken + min(limit, rows)
      if taken == 0, range.count == rows { return frame }
      var piece = frame
      if taken > 0 { piece.place += " from row \(taken) on" }
      for name in Segment.names { piece.tensors[name] = frame.tensors[name]?[rows: range] }
      taken = range.upperBound
      return piece
    }
  }

  /// The epochs of a stream.
  ///
  /// - Parameters:
  ///   - first: the first frame of the first epoch; the others are those that `input` has left.
  ///   - mark: what it says of its epoch; without a mark no frame may have one.
  ///   - rules: how to go through them; nil takes segments as a whole.
  ///   - prepared: a frame as the model wants it; called on another thread.
  init(
    _ first: Frame, _ mark: EpochMark?, _ input: FrameInput, _ rules: StreamRules?,
    prepared: @escaping (Frame) throws(Failure) -> Frame
  ) throws(Failure) {
    (self.first, count, self.input, self.prepared) = (first, mark?.count, input, prepared)
    isMarked = mark != nil
    let columns = try first.tensor("x").rowCount
    window = rules?.window.count(columns: columns)
    due = rules?.epochs
    input.readAlone()
  }

  var isWindowed: Bool { window != nil }

  func next() throws(Failure) -> Dataset? {
    let current = (reading ?? begin()).wait()
    reading = nil
    let dataset = try current.get()
    if dataset != nil { reading = begin() }
    return dataset
  }

  private func begin() -> Background<Result<Dataset?, Failure>> {
    Background {
      do throws(Failure) { return .success(try self.read()) } catch { return .failure(error) }
    }
  }

  /// The next window, or epoch; nil after the last.
  private func read() throws(Failure) -> Dataset? {
    let limit = window ?? Int.max
    var segment = Segment()
    while segment.rows < limit, let part = try take() { try append(part, to: &segment, upTo: limit) }
    // A single row that is left would be no window of its own: it is waited for.
    while !hasLast, rowsLeft < 2, let part = try nextPart() { rest.append(part) }
    if hasLast, rowsLeft <= 1 {
      while let part = rest.popFirst() { try append(part, to: &segment, upTo: Int.max) }
    }
    guard segment.rows > 0 || hasLast else { return try end() }
    let endsEpoch = hasLast && rest.isEmpty
    if endsEpoch {
      (number, hasLast) = (number + 1, false)
      try checkEnd()
    }
    return try Dataset(frames: [segment.finish()], endsEpoch: endsEpoch)
  }

  private var rowsLeft: Int { rest.reduce(0) { $0 + $1.rows } }

  /// Adds the rows that there is room for; the others begin the next window.
  private func append(_ part: Part, to segment: inout Segment, upTo limit: Int) throws(Failure) {
    var part = part
    let (room, rows) = (limit - segment.rows, part.rows)
    try segment.append(try prepared(part.take(room)))
    if rows > room { rest = [part] + rest }
  }

  /// Frames of the epoch, as they come, until its last.
  private func take() throws(Failure) -> Part? {
    if let part = rest.popFirst() { return part }
    return hasLast ? nil : try nextPart()
  }

  private func nextPart() throws(Failure) -> Part? {
    let next = if let first { first } else { try input.next(.data) }
    first = nil
    guard let frame = next else { return nil }
    try requireTraining(frame)
    try checkMark(of: frame)
    try frame.checkData()
    hasLast = frame.isLast
    return Part(frame: frame)
  }

  private func checkMark(of frame: Frame) throws(Failure) {
    let mark = try EpochMark(frame)
    guard mark?.number != (isMarked ? number : nil) else { return }
    let found = frame.metadata[Metadata.epoch].map { "is of epoch \($0), counted from 0," } ?? "is of no epoch"
    throw .input("\(frame.place): \(found) where \(isMarked ? "epoch \(number) is" : "rows of no epoch are") due")
  }

  private func requireTraining(_ frame: Frame) throws(Failure) {
    guard let role = frame.metadata[Metadata.role], role != "train" else { return }
    throw .input(
      "\(frame.place): rows of role \(role) among or behind epochs; they have to come before them, or from --valid")
  }

  /// Fails when an epoch follows the last that the stream has announced.
  private func checkEnd() throws(Failure) {
    guard let count, count == number, let more = try input.next() else { return }
    try requireTraining(more)
    throw .input("\(more.place): follows the last of \(count) epochs")
  }

  /// The end of the stream, where it may end.
  private func end() throws(Failure) -> Dataset? {
    if let count, number < count {
      throw .input("the stream ends after \(number) of \(count) epochs: the program before it failed")
    }
    if let due, count == nil, number < due {
      throw .input(
        "the stream ends after \(number) of \(due) epochs, which with --stream are its segments; without it a file is "
          + "trained on again and again")
    }
    return nil
  }
}
