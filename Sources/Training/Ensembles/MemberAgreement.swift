import Tensors

/// Holds the members of an ensemble to what the first one has: rows, columns, class names, truth.
struct MemberAgreement {
  /// The first member's frames with their truth and texts, and their numbers of rows.
  private(set) var frames: [(frame: Frame, rows: Int)] = []
  private(set) var task: Predictions.Task?
  private var names: [String]?
  private var truth: [Double] = []
  private var truthWidth: Int?
  private var rows = 0
  private var row = 0

  private var firstPlace: String { frames.first?.frame.place ?? "the first member" }

  /// Checks a frame and returns the position of its first row within the member.
  mutating func check(_ frame: Frame, _ predictions: Predictions, isFirst: Bool) throws(Failure) -> Int {
    if task == nil {
      task = predictions.task
      names = predictions.names
    }
    if let task, task != predictions.task {
      throw .input("\(frame.place): \(predictions.task.phrase) where \(firstPlace) has \(task.phrase)")
    }
    guard names == predictions.names else {
      throw .input("\(frame.place): the columns are named otherwise than in \(firstPlace)")
    }
    let start = row
    row += predictions.rows
    if isFirst {
      try keep(frame, predictions)
    } else {
      try compare(frame, start)
    }
    return start
  }

  private mutating func keep(_ frame: Frame, _ predictions: Predictions) throws(Failure) {
    let y = frame.tensors["y"]
    if frames.isEmpty { truthWidth = y?.rowCount }
    guard y?.rowCount == truthWidth else {
      throw .input("\(frame.place): 'y' is not as it is in \(firstPlace)")
    }
    truth += y?.doubles ?? []
    rows += predictions.rows
    var kept = frame  // the truth and the texts; the rest is in the sums
    kept.tensors = frame.tensors.filter { $0.key == "y" }
    frames.append((kept, predictions.rows))
  }

  private func compare(_ frame: Frame, _ start: Int) throws(Failure) {
    guard row <= rows else {
      throw .input("\(frame.place): the member has more rows than the \(rows) of \(firstPlace)")
    }
    switch (frame.tensors["y"], truthWidth) {
    case (nil, nil): break
    case (nil, _): throw .input("\(frame.place): has no 'y' where \(firstPlace) has one")
    case (_, nil): throw .input("\(frame.place): has a 'y' where \(firstPlace) has none")
    case (let y?, let width?):
      guard y.rowCount == width, truth[start * width..<row * width].elementsEqual(y.doubles) else {
        throw .input("\(frame.place): 'y' differs from that of \(firstPlace): these are predictions of other data")
      }
    }
  }

  /// Ends a member, which must have all rows.
  mutating func endMember(_ place: String) throws(Failure) {
    guard row == rows else {
      throw .input("\(place): the member has \(row) rows where \(firstPlace) has \(rows)")
    }
    row = 0
  }
}
