import Tensors

/// Reading plain rows ahead.
extension TableReader {
  /// Reads rows while there are whole lines: plain ones as they were found ahead, others one by one.
  func readAhead(
    _ ahead: PlainRowsAhead, _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, isEnd: Bool
  ) throws(Failure) {
    while true {
      var pieces = ahead.pieces(of: text, from: position)[...]
      if pieces.isEmpty { return }
      let whole = pieces.prefix { $0.found.end == $0.range.upperBound }
      try take(whole, ahead, text)
      if let last = whole.last { position = last.found.end }
      pieces = pieces.dropFirst(whole.count)
      for piece in pieces {
        // A row in quotes may have gone beyond the piece's beginning.
        if position > piece.range.lowerBound, position < piece.range.upperBound {
          ahead.resume(piece, text, from: position)
        }
        while position < piece.range.upperBound {
          try take([piece], ahead, text)
          position = piece.found.end
          guard position < piece.range.upperBound else { break }
          guard try scanner.next(text, &position, isEnd: isEnd) else { return }
          try row(text)
          if position < piece.range.upperBound { ahead.resume(piece, text, from: position) }
        }
      }
    }
  }

  /// Takes the plain rows of some pieces.
  private func take(
    _ pieces: ArraySlice<PlainRowsAhead.Piece>, _ ahead: PlainRowsAhead, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    guard let layout else { return }
    let count = pieces.reduce(0) { $0 + $1.found.rows }
    let (inputBytes, targetBytes) = (4 * count * layout.inputs.count, 4 * count * settings.targets.count)
    if let x = x.room(for: inputBytes).baseAddress {
      ahead.copy(
        pieces, inputs: layout.inputs.count, x: x,
        targets: targetBytes > 0 ? targets.room(for: targetBytes).baseAddress : nil)
    }
    x.commit(inputBytes)
    targets.commit(targetBytes)
    for piece in pieces {
      for (field, line) in piece.found.labels {
        try append(label: field, text, layout, line: scanner.nextLine + line)
      }
      scanner.skip(lines: piece.found.lines)
    }
    rows += count
  }
}
