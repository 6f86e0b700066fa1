import Tensors

/// The separator, the header and what each column of a table is for.
struct TableLayout {
  /// What a column is for; the number is the place among its kind.
  enum Use: Equatable {
    case feature(Int), category(Int), target(Int)
    case label, group, dropped
  }

  var separator: UInt8
  var hasHeader: Bool
  /// The names of the columns; nil when there is no header.
  var names: [String]?
  var uses: [Use]
  /// The columns that make x, features and categories alike, in order.
  var inputs: [Int]
  /// How many columns of texts become features.
  private(set) var categories = 0
  /// What was guessed, for the tool's note: "header", "comma".
  var guesses: [String]

  /// A column in messages: "column 'age'", or "column 3" without a header.
  func phrase(_ column: Int) -> String {
    names.map { "column '\($0[column].onOneLine)'" } ?? "column \(column + 1)"
  }

  /// Whether a label or target column was named.
  var label: Int? { uses.firstIndex(of: .label) }

  /// The layout told by the first two records of a text.
  init(sample: [[TextCell]], separator: UInt8, isGuessed: Bool, settings: TableSettings, place: String) throws(Failure)
  {
    self.separator = separator
    let first = sample.first ?? []
    guesses = []
    if let hasHeader = settings.hasHeader {
      self.hasHeader = hasHeader
    } else {
      hasHeader = TableLayout.looksLikeHeader(sample, settings)
      guesses.append(hasHeader ? "header" : "no header")
    }
    if isGuessed { guesses.insert(TableLayout.separatorName(separator), at: hasHeader ? guesses.count : 0) }
    if hasHeader {
      var names: [String] = []
      for (i, cell) in first.enumerated() {
        guard let text = cell.text else { throw .input("\(place): line 1, column \(i + 1): the name is not UTF-8") }
        names.append(text.isEmpty ? "column\(i + 1)" : text)
      }
      self.names = names
    }
    uses = Array(repeating: .feature(0), count: first.count)
    inputs = []
    try assign(settings, place)
  }

  private mutating func assign(_ settings: TableSettings, _ place: String) throws(Failure) {
    if let known = settings.like {
      guard let names else {
        throw .input("\(place): no header, whose names are compared with those of \(known.place)")
      }
      try known.check(names, place)
    }
    var isTaken = Array(repeating: false, count: uses.count)
    func take(_ name: String, _ option: String, _ layout: TableLayout) throws(Failure) -> Int {
      let column = try layout.column(name, option, place)
      guard !isTaken[column] else { throw .usage("\(option) \(name): the column is named by two options") }
      isTaken[column] = true
      return column
    }
    if let label = settings.label, !label.isEmpty { uses[try take(label, "--label", self)] = .label }
    if let group = settings.group { uses[try take(group, "--group", self)] = .group }
    for (i, name) in settings.targets.enumerated() { uses[try take(name, "--target", self)] = .target(i) }
    for name in settings.dropped {
      if let known = settings.like, known.use(of: name) != (false, false) {
        throw .usage("--drop \(name): \(known.place) has the column among its features")
      }
      uses[try take(name, "--drop", self)] = .dropped
    }
    for name in settings.categories { uses[try take(name, "--categories", self)] = .category(0) }
    if settings.label == nil, settings.targets.isEmpty, settings.like == nil, let names,
      let column = LabelName.guess(names), !isTaken[column]
    {
      uses[column] = .label
      guesses.append("label")
    }
    for column in uses.indices {
      if let known = settings.like, let name = names?[column], !isTaken[column] {
        let (isFeature, isCategory) = known.use(of: name)
        if !isFeature { uses[column] = isCategory ? .category(0) : .dropped }
      }
      switch uses[column] {
      case .feature:
        uses[column] = .feature(inputs.count)
        inputs.append(column)
      case .category:
        uses[column] = .category(categories)
        categories += 1
        inputs.append(column)
      case .label, .group, .target, .dropped: break
      }
    }
    guard !inputs.isEmpty else { throw .input("\(place): no column is left for x") }
  }

  /// The column of a name or a 1-based number.
  private func column(_ name: String, _ option: String, _ place: String) throws(Failure) -> Int {
    let found = (names ?? []).indices.filter { names?[$0] == name }
    if let column = found.first {
      guard found.count == 1 else {
        throw .input("\(place): \(found.count) columns are named '\(name)'; give \(option) a number")
      }
      return column
    }
    if let number = Int(name), number >= 1, number <= uses.count { return number - 1 }
    let parts = name.split(separator: ",").map(String.init)
    if parts.count > 1, parts.allSatisfy((names ?? []).contains) {
      let options = parts.map { "\(option) \($0)" }.joined(separator: " ")
      throw .usage("\(option) \(name): takes one column; give it for each: \(options)")
    }
    if let near = names.flatMap({ Nearest.name(to: name, among: $0) }) {
      throw .input("\(place): no column '\(name)' for \(option) (did you mean '\(near.onOneLine)'?)")
    }
    let known =
      names.map {
        $0.count > 20
          ? "names are \($0[0].onOneLine), \($0[1].onOneLine) …" : "names are \($0.joined(separator: ", ").onOneLine)"
      }
      ?? (uses.count == 1
        ? "lines have no '\(TableLayout.sign(separator))' in them, so --separator is another"
        : "there is no header, so give a number")
    throw .input("\(place): no column '\(name)' for \(option) among 1 to \(uses.count); \(known)")
  }

  /// A first row is a header when it has a text where the second has a number, or names a column that was asked for.
  private static func looksLikeHeader(_ sample: [[TextCell]], _ settings: TableSettings) -> Bool {
    guard let first = sample.first else { return false }
    let asked =
      settings.targets + settings.dropped + settings.categories
      + [settings.label, settings.group].compactMap(\.self)
    func isName(_ text: String) -> Bool {
      guard !text.isEmpty else { return false }
      return asked.contains(text) || settings.like.map { $0.use(of: text) != (false, false) } ?? false
    }
    if first.contains(where: { cell in !cell.isNumber && cell.text.map(isName) ?? false }) { return true }
    guard sample.count > 1 else { return !first.contains(where: \.isNumber) }
    // Numbers with decimal commas are not read, but the message about them is due at the first of them.
    return zip(first, sample[1]).contains {
      !$0.isNumber && !$0.hasDecimalComma && !$0.isMissing && ($1.isNumber || $1.hasDecimalComma)
    }
  }

  /// A separator as it stands in a line.
  private static func sign(_ separator: UInt8) -> Character { Character(Unicode.Scalar(separator)) }

  /// How a separator is called.
  static func separatorName(_ separator: UInt8) -> String {
    switch separator {
    case 0x2c: "comma"
    case 9: "tab"
    case 0x3b: "semicolon"
    case 0x20: "space"
    default: "'\(Character(Unicode.Scalar(separator)))'"
    }
  }

  /// The likeliest separator of a sample: one that splits both records into the same number of fields, of which most
  /// are numbers.
  static func guessSeparator(_ split: (UInt8) throws(Failure) -> [[TextCell]]) throws(Failure) -> UInt8 {
    var best: (separator: UInt8, score: Int) = (0x2c, 0)
    for separator in [0x2c, 9, 0x3b] as [UInt8] {
      // Text that is wrongly quoted for one separator may be right for another.
      guard let sample = try? split(separator), let last = sample.last, last.count > 1 else { continue }
      let isEven = sample.allSatisfy { $0.count == last.count }
      let score = (isEven ? 1 << 40 : 0) + last.count(where: \.isNumber) << 20 + last.count
      if score > best.score { best = (separator, score) }
    }
    return best.separator
  }
}

/// A cell of the sample that the layout is told from.
struct TextCell {
  /// The cell's text; nil when it is not UTF-8.
  var text: String?
  var isNumber: Bool
  var isMissing: Bool
  /// Whether a point in place of a comma would make it a number.
  var hasDecimalComma: Bool

  init(_ field: RecordScanner.Field, in text: UnsafeBufferPointer<UInt8>) {
    self.text = RecordScanner.string(field, in: text)
    let bytes = RecordScanner.trimmed(field, in: text)
    isNumber = NumberScanner.float(bytes) != nil
    hasDecimalComma = !isNumber && NumberScanner.hasDecimalComma(bytes)
    isMissing = TableSettings.missingWords.contains { bytes.elementsEqual($0) }
  }
}
