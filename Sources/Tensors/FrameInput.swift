#if canImport(Glibc)
  import Glibc
#endif
import class Kernels.ThreadTeam

/// The one rule of input, for every tool: operands are streams, read one after the other as cat(1) reads files; with
/// no operand standard input is read; "-" is standard input. What flows are frames, and a tool takes from them what it
/// needs in whatever order they come.
///
/// A model found at the head of a regular file is read first, so that data can stream past it.
public final class FrameInput {
  private enum Pending {
    case path(String)
    case opened(FrameReader)
  }
  private var queue: [Pending]
  private var current: FrameReader?
  /// Frames read ahead while something else was looked for.
  private var held: ArraySlice<Frame> = []

  private var team: ThreadTeam?

  /// An input of the given operands.
  ///
  /// - Parameters:
  ///   - modelsFirst: false keeps the models among the operands in their places.
  ///   - team: checks large frames faster.
  public init(operands: [String], modelsFirst: Bool = true, team: ThreadTeam? = nil) throws(Failure) {
    self.team = team
    guard operands.count(where: { $0 == "-" }) <= 1 else {
      throw .usage("'-' (standard input) can be given only once")
    }
    // Only regular files are opened now: opening a FIFO would wait for its writer.
    var models: [Pending] = []
    var others: [Pending] = []
    for path in operands.isEmpty ? ["-"] : operands {
      if path != "-", try FileStatus.isRegular(path) {
        let reader = try FrameReader(path: path, team: team)
        if modelsFirst, reader.peekKind() == .model {
          models.append(.opened(reader))
        } else {
          others.append(.opened(reader))
        }
      } else {
        others.append(.path(path))
      }
    }
    queue = models + others
  }

  /// Whether there is something at a path; fails when that cannot be told.
  public static func exists(_ path: String) throws(Failure) -> Bool { try FileStatus.exists(path) }

  /// Whether standard input is among the operands.
  public static func readsStandardInput(_ operands: [String]) -> Bool {
    operands.isEmpty || operands.contains("-")
  }

  /// The next frame of any kind; nil when all inputs have ended.
  public func next() throws(Failure) -> Frame? {
    if let frame = held.popFirst() { return frame }
    return try read()
  }

  /// The next frame, which must be of one of some kinds.
  public func next(_ kinds: Frame.Kind...) throws(Failure) -> Frame? {
    guard let frame = try next() else { return nil }
    try frame.require(kinds)
    return frame
  }

  /// Reads from here on without a team, so that others have it.
  public func readAlone() {
    team = nil
    current?.readAlone()
  }

  /// The model among the inputs, wherever it stands; frames before it are kept for `next`.
  public func model() throws(Failure) -> Frame {
    while let frame = try read() {
      if frame.kind == .model { return frame }
      held.append(frame)
    }
    guard let first = held.first else { throw .input("no frame among the inputs where a model is due") }
    throw .input("\(first.place): holds \(first.phrase); a model is due among the inputs")
  }

  private func read() throws(Failure) -> Frame? {
    while true {
      if let reader = current {
        if let frame = try reader.next() { return frame }
        current = nil
      }
      guard !queue.isEmpty else { return nil }
      switch queue.removeFirst() {
      case .opened(let reader): current = reader
      case .path(let path): current = try FrameReader(path: path, team: team)
      }
    }
  }
}

extension Frame {
  /// Fails when the frame is of none of the kinds, naming what it holds.
  public func require(_ kinds: [Kind]) throws(Failure) {
    if let kind, kinds.contains(kind) { return }
    let advice = kinds == [.prediction] ? "; nn-predict MODEL DATA makes them" : ""
    let due = kinds.map(\.phrase).joined(separator: " or ")
    throw .input(
      "\(place): holds \(phrase) where \(due) \(kinds.last == .data || kinds.last == .prediction ? "are" : "is") due\(advice)"
    )
  }
}
