import class Kernels.ThreadTeam
import Tensors

/// Rows of CSV or TSV files as the columns of a data frame.
///
/// Numbers go from the text straight into the growing memory of x; no string is made of a cell.
final class TableReader {
  let settings: TableSettings
  private(set) var layout: TableLayout?
  var scanner = RecordScanner(separator: 0x2c)
  /// The inputs of the rows held, F32.
  let x = GrowingBytes()
  /// The targets of the rows held, F32.
  let targets = GrowingBytes()
  private var labels = GrowingBytes()
  private var classTable: ClassTable
  private var groups = GrowingBytes()
  private var groupTable = GroupTable()
  private var categories: [CategoryTable] = []
  private var place = ""
  /// Rows held now.
  var rows = 0
  /// Rows left out for a missing value.
  private(set) var droppedRows = 0
  /// Texts of categories that those of `settings.like` do not have, as "colour=red".
  private(set) var unknownTexts: Set<String> = []

  /// The threads that read ahead; nil where rows must come one by one.
  private let team: ThreadTeam?
  private let pieceBytes: Int

  init(settings: TableSettings, team: ThreadTeam?, pieceBytes: Int = 1 << 19) {
    self.settings = settings
    self.team = team
    self.pieceBytes = pieceBytes
    classTable = ClassTable(given: settings.classes)
  }

  /// Whether rows are final as they come, so that `take` may be called before the end.
  var isFinal: Bool {
    categories.isEmpty && settings.missing != .mean && (layout?.label == nil || classTable.isFinal)
  }

  /// Reads all rows of a file; `afterRow` is called after each.
  func read(_ file: OutsideFile, afterRow: () throws(Failure) -> Void) throws(Failure) {
    place = file.name
    var isStart = true
    var ahead: PlainRowsAhead?
    try TextInput(file).forEachBlock { (text, isEnd) throws(Failure) in
      do throws(Failure) {
        var position = 0
        if isStart {
          guard let start = try begin(text, isEnd: isEnd) else { return 0 }
          position = start
          isStart = false
          if let team, let plain = layout.flatMap(PlainRows.init) {
            ahead = PlainRowsAhead(plain, team: team, pieceBytes: pieceBytes)
          }
        }
        if let ahead { try readAhead(ahead, text, &position, isEnd: isEnd) }
        while try scanner.next(text, &position, isEnd: isEnd) {
          try row(text)
          try afterRow()
        }
        return position
      } catch {
        throw error.status == .input && !error.message.hasPrefix(place) ? error.at(place) : error
      }
    }
    if isStart { throw .input("\(place): no rows") }
  }

  /// Tells the layout from the first two records, or holds a further file to the layout of the first.
  ///
  /// - Returns: where the rows begin; nil when more text is needed.
  private func begin(_ text: UnsafeBufferPointer<UInt8>, isEnd: Bool) throws(Failure) -> Int? {
    func sample(_ separator: UInt8) throws(Failure) -> [[TextCell]] {
      var scanner = RecordScanner(separator: separator)
      var position = 0
      var cells: [[TextCell]] = []
      while cells.count < 2, try scanner.next(text, &position, isEnd: isEnd) {
        cells.append(scanner.fields.map { TextCell($0, in: text) })
      }
      return cells
    }
    let given = layout?.separator ?? settings.separator
    let separator: UInt8
    if let given {
      separator = given
    } else {
      separator = try TableLayout.guessSeparator { (separator) throws(Failure) in try sample(separator) }
    }
    let cells = try sample(separator)
    if cells.count < 2, !isEnd { return nil }
    scanner = RecordScanner(separator: separator)
    guard let first = cells.first else { throw .input("\(place): no rows") }
    // What looked like text by its first bytes may be anything; text has no control characters.
    let controls = first.contains { cell in
      cell.text?.utf8.contains { $0 < 0x20 && $0 != 9 && $0 != 10 && $0 != 13 || $0 == 0x7f } ?? false
    }
    guard !controls else { throw .input("\(place): is \(Content.unknown.phrase); " + Importer.whatIsRead) }
    guard let layout else {
      let found = try TableLayout(
        sample: cells, separator: separator, isGuessed: given == nil, settings: settings, place: place)
      layout = found
      categories = Array(repeating: CategoryTable(), count: found.categories)
      return try skipHeader(found.hasHeader, text, isEnd)
    }
    // A further file repeats the header or has none, as the pieces of split(1) do.
    guard let names = layout.names else { return 0 }
    let found = first.enumerated().map { i, cell in cell.text.map { $0.isEmpty ? "column\(i + 1)" : $0 } }
    if found == names.map(Optional.some) { return try skipHeader(true, text, isEnd) }
    let isHeader = settings.hasHeader ?? !first.contains(where: \.isNumber)
    if isHeader, layout.label == nil || first.count > 1 {
      let other = zip(found, names).first { $0 != $1 }
      let detail =
        other.map { "'\(($0 ?? "").onOneLine)' where the first file has '\($1.onOneLine)'" }
        ?? "\(found.count) of \(names.count)"
      throw .input("\(place): the columns differ from those of the first file: \(detail)")
    }
    return 0
  }

  private func skipHeader(_ hasHeader: Bool, _ text: UnsafeBufferPointer<UInt8>, _ isEnd: Bool) throws(Failure) -> Int {
    var position = 0
    if hasHeader { _ = try scanner.next(text, &position, isEnd: isEnd) }
    return position
  }

  /// Takes the record that the scanner found last.
  func row(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) {
    guard let layout else { return }
    let fields = scanner.fields
    guard fields.count == layout.uses.count else {
      throw .input(
        "line \(scanner.line): \(fields.count) field\(fields.count == 1 ? "" : "s") where \(layout.uses.count) are due")
    }
    let values = x.room(for: 4 * layout.inputs.count)
    var targetValues: [Float] = settings.targets.isEmpty ? [] : Array(repeating: 0, count: settings.targets.count)
    var (label, group): (RecordScanner.Field?, RecordScanner.Field?)
    var input = 0
    for column in fields.indices {
      let field = fields[column]
      switch layout.uses[column] {
      case .feature:
        let bytes = UnsafeBufferPointer(rebasing: text[field.start..<field.end])
        var value = NumberScanner.float(bytes) ?? .nan
        if !value.isFinite {
          guard let other = try unusual(field, text, column, canFill: true) else { return dropRow() }
          value = other
        }
        values.storeBytes(of: value, toByteOffset: 4 * input, as: Float.self)
        input += 1
      case .category(let table):
        guard let code = try category(field, text, column, table) else { return dropRow() }
        values.storeBytes(of: code, toByteOffset: 4 * input, as: Float.self)
        input += 1
      case .target(let place):
        let bytes = RecordScanner.trimmed(field, in: text)
        var value = NumberScanner.float(bytes) ?? .nan
        if !value.isFinite {
          guard let other = try unusual(field, text, column, canFill: false) else { return dropRow() }
          value = other
        }
        targetValues[place] = value
      case .label:
        if try isMissing(field, text, column) { return dropRow() }
        label = field
      case .group:
        if try isMissing(field, text, column) { return dropRow() }
        group = field
      case .dropped: break
      }
    }
    if let group { try append(group: group, text, layout) }
    if let label { try append(label: label, text, layout, line: scanner.line) }
    x.commit(4 * layout.inputs.count)
    if !targetValues.isEmpty {
      targetValues.withUnsafeBytes { targets.room(for: $0.count).copyMemory(from: $0) }
      targets.commit(4 * targetValues.count)
    }
    rows += 1
  }

  private func dropRow() { droppedRows += 1 }

  /// Takes a row's label, found on a line.
  func append(
    label: RecordScanner.Field, _ text: UnsafeBufferPointer<UInt8>, _ layout: TableLayout, line: Int
  ) throws(Failure) {
    let place = "line \(line), \(layout.phrase(layout.label ?? 0))"
    guard let name = RecordScanner.string(label, in: text) else { throw .input("\(place): not UTF-8") }
    do throws(Failure) {
      let code = try classTable.code(name)
      labels.room(for: 8).storeBytes(of: code, as: Int64.self)
      labels.commit(8)
    } catch {
      throw error.at(place)
    }
  }

  private func append(
    group: RecordScanner.Field, _ text: UnsafeBufferPointer<UInt8>, _ layout: TableLayout
  ) throws(Failure) {
    guard let name = RecordScanner.string(group, in: text) else {
      let column = layout.uses.firstIndex(of: .group) ?? 0
      throw .input("line \(scanner.line), \(layout.phrase(column)): not UTF-8")
    }
    groups.room(for: 8).storeBytes(of: groupTable.code(name), as: Int64.self)
    groups.commit(8)
  }

  private func category(
    _ field: RecordScanner.Field, _ text: UnsafeBufferPointer<UInt8>, _ column: Int, _ table: Int
  ) throws(Failure) -> Float? {
    if settings.missing == .mean, TableReader.isMissing(field, text) { return .nan }
    if try isMissing(field, text, column) { return nil }
    let place = "line \(scanner.line), \(layout?.phrase(column) ?? "")"
    guard let name = RecordScanner.string(field, in: text) else { throw .input("\(place): not UTF-8") }
    guard let code = categories[table].code(name) else {
      throw .input("\(place): more than \(CategoryTable.maximum) distinct texts to make features of; --drop the column")
    }
    return code
  }

  /// A label or text cell that holds no value: true when its row is to be dropped.
  private func isMissing(
    _ field: RecordScanner.Field, _ text: UnsafeBufferPointer<UInt8>, _ column: Int
  ) throws(Failure) -> Bool {
    guard TableReader.isMissing(field, text) else { return false }
    if settings.missing == .drop { return true }
    let isCategory = layout.map { if case .category = $0.uses[column] { true } else { false } } ?? false
    let advice = "--missing drop leaves its row out" + (isCategory ? ", mean takes it as none of the texts" : "")
    throw missing(column, RecordScanner.trimmed(field, in: text), advice: advice)
  }

  /// Whether a cell of text holds no value.
  private static func isMissing(_ field: RecordScanner.Field, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = RecordScanner.trimmed(field, in: text)
    return (bytes.isEmpty || !field.isQuoted) && TableSettings.missingWords.contains { bytes.elementsEqual($0) }
  }

  private func missing(_ column: Int, _ bytes: UnsafeBufferPointer<UInt8>, advice: String) -> Failure {
    let cell = bytes.isEmpty ? "no value" : "a missing value (\(String(decoding: bytes, as: UTF8.self)))"
    return .input("line \(scanner.line), \(layout?.phrase(column) ?? ""): \(cell); \(advice)")
  }

  /// A number cell that is not simply a finite number; nil when its row is to be dropped.
  private func unusual(
    _ field: RecordScanner.Field, _ text: UnsafeBufferPointer<UInt8>, _ column: Int, canFill: Bool
  ) throws(Failure) -> Float? {
    let bytes = RecordScanner.trimmed(field, in: text)
    let number = NumberScanner.float(bytes)
    if let number, number.isFinite { return number }
    let word = number ?? NumberScanner.word(bytes)
    let isMissing = TableSettings.missingWords.contains { bytes.elementsEqual($0) }
    if isMissing {
      switch settings.missing {
      case .drop: return nil
      case .mean where canFill: return .nan
      case .mean:
        throw missing(column, bytes, advice: "a target is not filled; --missing drop leaves its row out")
      case .refuse: break
      }
    }
    if let word, settings.allowsNotFinite { return word }
    if isMissing { throw missing(column, bytes, advice: "see --missing drop or mean") }
    let place = "line \(scanner.line), \(layout?.phrase(column) ?? "")"
    let cell = RecordScanner.string(field, in: text).map { String($0.prefix(40)).onOneLine } ?? "(not UTF-8)"
    if word != nil { throw .input("\(place): '\(cell)' is not a finite 32-bit float; see --allow-nan") }
    if NumberScanner.hasDecimalComma(bytes) {
      throw .input("\(place): '\(cell)' is not a number: decimal commas are not read; decimal points are due")
    }
    let name = layout?.names?[column].onOneLine ?? "\(column + 1)"
    guard canFill else { throw .input("\(place): '\(cell)' is not a number; classes are taken with --label '\(name)'") }
    if scanner.line == 1, settings.hasHeader == false {
      throw .input("\(place): '\(cell)' is not a number; if line 1 holds the names of the columns, give --header")
    }
    let takesLabel = layout?.label == nil && settings.targets.isEmpty
    if let advice = layout.flatMap({ TableSurvey(text, around: field.start, $0).advice }) {
      let label = takesLabel ? "; --label COLUMN names the classes to learn, --target COLUMN the numbers" : ""
      throw .input("\(place): '\(cell)' is not a number; \(advice)\(label)")
    }
    let drop = "leave the column out with --drop '\(name)'"
    let categories = "make features of its texts with --categories '\(name)'"
    throw .input(
      "\(place): '\(cell)' is not a number; "
        + (takesLabel
          ? "\(drop), \(categories), or take it as the class labels with --label '\(name)'"
          : "\(drop) or \(categories)"))
  }

  /// The rows held, which are not held any longer. Call it before the end only while `isFinal`.
  func take() throws(Failure) -> Table {
    guard let layout else { throw .input("no rows") }
    let count = rows
    rows = 0
    var table = Table(
      x: x.finish(type: .float32, shape: [count, layout.inputs.count]),
      features: layout.inputs.map { layout.names?[$0] })
    if settings.missing == .mean {
      let areTexts = layout.inputs.map { if case .category = layout.uses[$0] { true } else { false } }
      let remedy =
        settings.like.map { "\($0.place) has it as a feature, so a value is due" } ?? "leave the column out with --drop"
      try table.fillMeans(leaving: areTexts, remedy: remedy) { layout.phrase(layout.inputs[$0]) }
    }
    if !categories.isEmpty {
      let tables = layout.inputs.map { column -> CategoryTable? in
        if case .category(let place) = layout.uses[column] { categories[place] } else { nil }
      }
      table = table.expanding(tables, phrases: layout.inputs.map { layout.names?[$0] ?? "column\($0 + 1)" })
    }
    if let known = settings.like {
      let found: [String]
      (table, found) = table.arranged(like: known)
      unknownTexts.formUnion(found)
    }
    if layout.label != nil {
      (table.classes, table.y) = classTable.labels(labels.finish(type: .int64, shape: [count]))
    } else if !settings.targets.isEmpty {
      table.y = targets.finish(type: .float32, shape: [count, settings.targets.count])
    }
    if settings.group != nil { table.group = groups.finish(type: .int64, shape: [count]) }
    return table
  }
}
