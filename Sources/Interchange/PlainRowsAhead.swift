import Kernels

/// Text cut at line borders into pieces, whose plain rows are read on all threads ahead of the reader for all tables.
///
/// That a row begins where a piece does is not known beforehand, since a line feed may stand in quotes: what was read of
/// a piece counts only when all before it ends there.
final class PlainRowsAhead {
  /// A piece of the text, and what was found in it.
  struct Piece {
    var range: Range<Int>
    var found: PlainRowsFound
  }

  let rows: PlainRows
  private let team: ThreadTeam
  private let pieceBytes: Int
  private var founds: [PlainRowsFound] = []
  private static let piecesAtOnce = 8
  /// Bytes behind the last piece, which may be read but are not looked at.
  private static let margin = 4

  /// - Parameter pieceBytes: about how long a piece is; more than one of half a megabyte is worth a thread.
  init(_ rows: PlainRows, team: ThreadTeam, pieceBytes: Int) {
    self.rows = rows
    self.team = team
    self.pieceBytes = pieceBytes
  }

  /// Reads some pieces of a text from `position` on; none where no whole line is left.
  func pieces(of text: UnsafeBufferPointer<UInt8>, from position: Int) -> [Piece] {
    var ranges: [Range<Int>] = []
    var start = position
    while ranges.count < PlainRowsAhead.piecesAtOnce, let end = pieceEnd(text, from: start) {
      ranges.append(start..<end)
      start = end
    }
    while founds.count < ranges.count { founds.append(PlainRowsFound()) }
    let founds = founds
    team.forEach(ranges.count) { rows.read(text, ranges[$0], into: founds[$0]) }
    return zip(ranges, founds).map { Piece(range: $0, found: $1) }
  }

  /// Reads on in a piece, after a row that was not plain.
  func resume(_ piece: Piece, _ text: UnsafeBufferPointer<UInt8>, from position: Int) {
    rows.read(text, position..<piece.range.upperBound, into: piece.found)
  }

  /// The end of the last whole line of a piece from `start` on; of a longer line its own.
  private func pieceEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    let limit = text.count - PlainRowsAhead.margin
    guard start < limit else { return nil }
    var end = min(limit, start + pieceBytes)
    while end > start, text[end - 1] != 10 { end -= 1 }
    if end > start { return end }
    end = min(limit, start + pieceBytes)
    while end < limit, text[end] != 10 { end += 1 }
    return end < limit ? end + 1 : nil
  }

  /// Copies the numbers of whole pieces, one behind the other: x [rows, inputs] and targets [rows, the rest].
  func copy(_ pieces: ArraySlice<Piece>, inputs: Int, x: UnsafeMutableRawPointer, targets: UnsafeMutableRawPointer?) {
    var starts: [Int] = []
    var total = 0
    for piece in pieces {
      starts.append(total)
      total += piece.found.rows
    }
    let width = rows.width
    team.forEach(pieces.count) { i in
      let found = pieces[pieces.startIndex + i].found
      let values = UnsafeRawPointer(found.values.pointer)
      let out = x + 4 * starts[i] * inputs
      guard width > inputs, let targets else {
        return out.copyMemory(from: values, byteCount: 4 * found.rows * width)
      }
      for row in 0..<found.rows {
        let line = values + 4 * row * width
        (out + 4 * row * inputs).copyMemory(from: line, byteCount: 4 * inputs)
        (targets + 4 * (starts[i] + row) * (width - inputs)).copyMemory(
          from: line + 4 * inputs, byteCount: 4 * (width - inputs))
      }
    }
  }
}
