import Tensors

/// What a look at some rows of a table tells of columns that are no numbers, so that the first message names them all.
struct TableSurvey {
  /// Rows that are looked at.
  private static let limit = 1000
  private var rows = 0
  /// The distinct texts that are no numbers, of each column that is a feature.
  private var texts: [Int: Set<String>] = [:]
  /// The features without a value in some row.
  private var missing: Set<Int> = []
  private let layout: TableLayout

  /// Looks at the record in which `place` lies and at those after it, as far as the text goes.
  init(_ text: UnsafeBufferPointer<UInt8>, around place: Int, _ layout: TableLayout) {
    self.layout = layout
    let line = text[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
    var scanner = RecordScanner(separator: layout.separator)
    var position = line
    // A record that is damaged ends the look; the reader will come to it.
    while rows < TableSurvey.limit, (try? scanner.next(text, &position, isEnd: false)) == true,
      scanner.fields.count == layout.uses.count
    {
      rows += 1
      for (column, field) in scanner.fields.enumerated() {
        switch layout.uses[column] {
        case .feature: look(TextCell(field, in: text), column, isText: true)
        case .category: look(TextCell(field, in: text), column, isText: false)
        case .label, .target, .group, .dropped: break
        }
      }
    }
  }

  private mutating func look(_ cell: TextCell, _ column: Int, isText: Bool) {
    if cell.isMissing {
      missing.insert(column)
    } else if isText, !cell.isNumber, let text = cell.text {
      texts[column, default: []].insert(text)
    }
  }

  /// The options that take every column of texts, and what is missing: nil where the one column that a message is about
  /// is all there is to tell.
  var advice: String? {
    guard texts.count > 1 || !missing.isEmpty && !texts.isEmpty else { return nil }
    let columns = texts.keys.sorted()
    let options = columns.map { column in
      // Texts of which there are many for the rows, as names and tickets are, tell little of other rows.
      let isOwn = (texts[column]?.count ?? 0) > max(20, rows / 20)
      return "\(isOwn ? "--drop" : "--categories") '\(name(column))'"
    }
    var advice = "text is in \(TableSurvey.list(columns.map(name))); take it by \(options.joined(separator: " "))"
    if !missing.isEmpty {
      advice += "; values are missing in \(TableSurvey.list(missing.sorted().map(name))): --missing mean or drop"
    }
    return advice
  }

  private func name(_ column: Int) -> String { layout.names?[column].onOneLine ?? String(column + 1) }

  /// "a", "a and b", "a, b and c".
  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
