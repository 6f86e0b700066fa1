/// Where a tool's frames go: to standard output one by one as a stream, or to files, each of which is one frame.
///
/// Frames for a file are held until the end and joined row by row, so that the file is one ordinary safetensors image.
/// Parts by role need a path with `{role}` in it, such as `digits.{role}.st`.
public final class FrameOutput {
  private let path: RolePath?
  private let stream: ByteSink?
  /// Frames held for files, by role, in the order in which the roles came.
  private var held: [(role: String, path: String, frames: [Frame])] = []

  /// An output at a path, or at standard output when there is none (or it is "-").
  public init(path: String?) throws(Failure) {
    self.path = path == "-" ? nil : path.map(RolePath.init)
    guard let path = self.path else {
      try ByteSink.refuseTerminal(nil, "the tensors")
      stream = .standardOutput()
      return
    }
    try path.check()
    try path.refuseTerminal()
    stream = nil
  }

  /// Whether parts of several roles can be written.
  public var takesRoles: Bool { path?.hasRole ?? true }

  /// Whether frames are written one by one, and not joined to a file.
  public var isStream: Bool { stream != nil }

  /// Takes one frame. On a stream it is gone at once; for a file it waits for `finish`.
  public func write(_ frame: Frame) throws(Failure) {
    if let stream { return try FrameWriter.write(frame, to: stream) }
    guard let path else { return }
    let role = frame.metadata[Metadata.role] ?? "data"
    if let i = held.firstIndex(where: { $0.role == role }) {
      held[i].frames.append(frame)
    } else {
      if !held.isEmpty, !takesRoles {
        throw .usage(
          "-o \(held[0].path): the result has parts for \(held[0].role) and \(role), and a file holds one; "
            + "write -o 'NAME.{role}.st', or a stream with >")
      }
      held.append((role, try path.path(for: frame), [frame]))
    }
  }

  /// Writes what is held and makes every file whole; no part is seen before all of them are.
  public func finish() throws(Failure) {
    if let stream { return try stream.finish() }
    let sinks = try held.map { (_, path, frames) throws(Failure) in
      let sink = try ByteSink.open(path: path)
      guard !sink.isTerminal else { throw .usage("\(path): is a terminal; write the tensors to a file") }
      try FrameWriter.write(Frame.joining(frames), to: sink)
      try sink.complete()
      return sink
    }
    for sink in sinks { try sink.finish() }
  }
}

extension Frame {
  /// One frame of the rows of several that agree in everything but their number of rows: in the names, types and row
  /// shapes of their tensors, the class names, the names of the columns and the preparation.
  ///
  /// Tensors under `prep.` stand in a segment's first frame only and are taken as they are.
  public static func joining(_ frames: [Frame]) throws(Failure) -> Frame {
    guard var joined = frames.first else { return Frame(nil) }
    for frame in frames.dropFirst() { try frame.checkContinues(joined) }
    joined.index = 0
    joined.isLast = true
    joined.leaveEpochs()
    if frames.count == 1 { return joined }
    for name in joined.namesOfRowTensors {
      joined.tensors[name] = Tensor.concatenating(frames.compactMap { $0.tensors[name] })
    }
    return joined
  }

  /// Makes rows that were for one pass over the data rows for every pass.
  public mutating func leaveEpochs() {
    metadata = metadata.filter { ![Metadata.epoch, Metadata.epochs].contains($0.key) }
  }

  /// The names of the tensors that have an entry for each row.
  private var namesOfRowTensors: Set<String> { Set(tensors.keys.filter { !$0.hasPrefix("prep.") }) }

  /// Fails when the rows cannot be joined to those of `first`.
  private func checkContinues(_ first: Frame) throws(Failure) {
    // A frame of the same stream has the place of the first and a number.
    let start = place.hasPrefix(first.place + ": ") ? "the first frame" : first.place
    func failure(_ detail: String) -> Failure { .input("\(place): does not continue \(start) in one file: \(detail)") }
    let (names, due) = (namesOfRowTensors, first.namesOfRowTensors)
    if let name = names.symmetricDifference(due).min() {
      throw failure(names.contains(name) ? "'\(name)' is missing in \(start)" : "'\(name)' of \(start) is missing")
    }
    for (key, word) in [(Metadata.classes, "class"), (Metadata.features, "column"), (Metadata.targets, "target")]
    where metadata[key] != first.metadata[key] {
      throw failure(difference(from: first, at: start, key, word))
    }
    if let detail = differenceOfPreparation(from: first, at: start) { throw failure(detail) }
    for name in names.sorted() {
      let (part, tensor) = (try self.tensor(name), try first.tensor(name))
      guard part.type == tensor.type, part.shape.count == tensor.shape.count, !part.shape.isEmpty,
        part.shape.dropFirst() == tensor.shape.dropFirst()
      else {
        throw failure(
          "'\(name)' is \(part.type.rawValue) \(part.shape) where \(start) has "
            + "\(tensor.type.rawValue) \(tensor.shape)")
      }
    }
  }

  /// How data is prepared otherwise than other data, in words; nil when it is not.
  public func differenceOfPreparation(from first: Frame, at start: String) -> String? {
    let (own, other) = (metadata[Metadata.prepared], first.metadata[Metadata.prepared])
    guard own != other else { return nil }
    func phrase(_ identity: String?) -> String { identity.map { "prepared as '\($0)'" } ?? "not prepared" }
    return "the data is \(phrase(own)) where that of \(start) is \(phrase(other))"
  }

  /// How two lists of names differ: by the first entry that does.
  private func difference(from first: Frame, at start: String, _ key: String, _ word: String) -> String {
    guard let own = self[list: key] else { return "\(key) of \(start) is missing" }
    guard let other = first[list: key] else { return "\(key) is missing in \(start)" }
    for (i, (name, due)) in zip(own, other).enumerated() where name != due {
      return "\(word) \(i + 1) is '\(name)' where \(start) has '\(due)'"
    }
    return "\(key) has \(own.count) names where \(start) has \(other.count)"
  }
}
