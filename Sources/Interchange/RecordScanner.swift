import Tensors

/// Splits text into records and fields (RFC 4180): quoted fields may hold separators, line feeds and doubled quotes;
/// lines end with LF or CRLF, the last one also with nothing; empty lines are passed over.
struct RecordScanner {
  /// Where a field's text lies, without its quotes.
  struct Field {
    var start: Int
    var end: Int
    var isQuoted: Bool
  }

  private static let lineFeed: UInt8 = 10
  private static let quote: UInt8 = 34
  let separator: UInt8
  /// The fields of the record found last.
  private(set) var fields: [Field] = []
  /// The line on which that record begins, from 1.
  private(set) var line = 0
  /// The line on which the next record begins.
  private(set) var nextLine = 1

  init(separator: UInt8) { self.separator = separator }

  /// Passes over lines that were read in another way.
  mutating func skip(lines: Int) { nextLine += lines }

  /// Finds the record at `position` and moves past it.
  ///
  /// - Returns: false when there is none, or none that is whole yet and more text may come.
  /// - Throws: an input failure without a place: text after a closing quote, or a quote that never closes.
  mutating func next(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, isEnd: Bool
  ) throws(Failure) -> Bool {
    var i = position
    // Empty lines.
    while i < text.count,
      text[i] == RecordScanner.lineFeed || (text[i] == 13 && i + 1 < text.count && text[i + 1] == 10)
    {
      i += text[i] == 13 ? 2 : 1
      nextLine += 1
      position = i
    }
    guard i < text.count else { return false }
    fields.removeAll(keepingCapacity: true)
    line = nextLine
    var lines = nextLine
    while true {
      if i < text.count, text[i] == RecordScanner.quote {
        let start = lines
        guard let end = closingQuote(text, from: i + 1, &lines) else {
          if isEnd { throw .input("line \(start): a quoted field begins here and has no end") }
          return false
        }
        fields.append(Field(start: i + 1, end: end, isQuoted: true))
        i = end + 1
        if i < text.count, text[i] == 13 { i += 1 }
        if i < text.count, text[i] != separator, text[i] != RecordScanner.lineFeed {
          throw .input("line \(lines): text after the closing quote of field \(fields.count)")
        }
      } else {
        let start = i
        while i < text.count, text[i] != separator, text[i] != RecordScanner.lineFeed { i &+= 1 }
        let isLineEnd = i == text.count || text[i] == RecordScanner.lineFeed
        fields.append(
          Field(start: start, end: isLineEnd && i > start && text[i - 1] == 13 ? i - 1 : i, isQuoted: false))
      }
      if i == text.count {
        guard isEnd else { return false }
        break
      }
      i += 1
      if text[i - 1] == RecordScanner.lineFeed {
        lines += 1
        break
      }
    }
    nextLine = lines
    position = i
    return true
  }

  /// The closing quote of a field; counts the line feeds on the way.
  private func closingQuote(_ text: UnsafeBufferPointer<UInt8>, from start: Int, _ lines: inout Int) -> Int? {
    var i = start
    while i < text.count {
      if text[i] == RecordScanner.lineFeed { lines += 1 }
      if text[i] == RecordScanner.quote {
        guard i + 1 < text.count, text[i + 1] == RecordScanner.quote else { return i }
        i += 1
      }
      i += 1
    }
    return nil
  }

  /// The bytes of a field without blanks around it; a quoted field is taken as it is.
  static func trimmed(_ field: Field, in text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var (start, end) = (field.start, field.end)
    if !field.isQuoted {
      while start < end, text[start] == 32 || text[start] == 9 { start += 1 }
      while end > start, text[end - 1] == 32 || text[end - 1] == 9 { end -= 1 }
    }
    return UnsafeBufferPointer(rebasing: text[start..<end])
  }

  /// The text of a field, its doubled quotes made single; nil when it is not UTF-8.
  static func string(_ field: Field, in text: UnsafeBufferPointer<UInt8>) -> String? {
    let bytes = trimmed(field, in: text)
    guard field.isQuoted, bytes.contains(quote) else { return String(validating: bytes, as: UTF8.self) }
    var plain: [UInt8] = []
    var i = 0
    while i < bytes.count {
      plain.append(bytes[i])
      i += bytes[i] == quote ? 2 : 1
    }
    return String(validating: plain, as: UTF8.self)
  }
}
