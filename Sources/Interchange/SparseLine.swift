import Tensors

/// A line of LIBSVM text: a label, then `index:value` of each feature that is not 0, and a comment after `#`.
///
/// The format of LIBSVM (Chang and Lin, LIBSVM: a library for support vector machines, ACM TIST 2:27, 2011), as svm-train
/// reads it; comments are those of SVMlight. Indices count from 1 and ascend.
struct SparseLine {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  private let bytes: Bytes
  private var position = 0

  init(_ bytes: Bytes) { self.bytes = bytes }

  /// The next word; nil at the end of the line or before a comment.
  mutating func next() -> Bytes? {
    while position < bytes.count, SparseLine.isBlank(bytes[position]) { position += 1 }
    let start = position
    while position < bytes.count, !SparseLine.isBlank(bytes[position]), bytes[position] != SparseLine.comment {
      position += 1
    }
    return position > start ? Bytes(rebasing: bytes[start..<position]) : nil
  }

  /// The index and the text of the value of a word `index:value`.
  ///
  /// - Throws: an input failure without a place.
  static func pair(_ word: Bytes) throws(Failure) -> (index: Int, value: Bytes) {
    guard let colon = word.firstIndex(of: SparseLine.colon) else {
      throw .input("'\(shown(word))': index:value is due")
    }
    guard let index = number(word[..<colon]), index <= ImportSettings.maximumFeatures else {
      if word.starts(with: Array("qid:".utf8)) {
        throw .input("'\(shown(word))': groups of a ranking are not read; sed 's/ qid:[0-9]*//' leaves them out")
      }
      throw .input("'\(shown(word))': an index from 1 to \(ImportSettings.maximumFeatures) is due before the colon")
    }
    guard index > 0 else { throw .input("'\(shown(word))': indices count from 1") }
    return (index, Bytes(rebasing: word[(colon + 1)...]))
  }

  /// A whole number of digits alone; nil when it is none, or far beyond any index.
  private static func number(_ digits: Slice<Bytes>) -> Int? {
    guard (1...18).contains(digits.count) else { return nil }
    var value = 0
    for byte in digits {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte &- 0x30)
    }
    return value
  }

  /// A word as messages show it.
  static func shown(_ word: Bytes) -> String { String(decoding: word.prefix(40), as: UTF8.self).onOneLine }

  // MARK: Recognition

  /// How much of a text is looked at for the first line that tells what it is.
  static let sampleBytes = 4096

  /// Whether a text is LIBSVM's: its first line that is neither empty nor a comment has a number and `index:value`.
  ///
  /// - Returns: the answer by the text so far, and whether more text leaves it as it is.
  static func begins(_ text: Bytes) -> (answer: Bool, isFinal: Bool) {
    var rest = text[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    while true {
      let end = rest.firstIndex(of: lineFeed)
      var line = SparseLine(Bytes(rebasing: rest[..<(end ?? rest.endIndex)]))
      if let label = line.next() {
        let isRow = NumberScanner.float(label) != nil && line.next().map(isPair) ?? false
        return (isRow, end != nil)
      }
      guard let end else { return (false, false) }
      rest = rest[(end + 1)...]
    }
  }

  private static func isPair(_ word: Bytes) -> Bool {
    guard let colon = word.firstIndex(of: colon) else { return false }
    let isIndex = number(word[..<colon]) != nil || word[..<colon].elementsEqual("qid".utf8)
    let value = Bytes(rebasing: word[(colon + 1)...])
    return isIndex && (NumberScanner.float(value) ?? NumberScanner.word(value)) != nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 13 }

  private static let lineFeed: UInt8 = 10
  private static let colon: UInt8 = 0x3a
  private static let comment: UInt8 = 0x23
}
