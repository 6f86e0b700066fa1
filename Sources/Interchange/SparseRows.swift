import Tensors

/// Rows of LIBSVM text as the tensors of a data frame.
///
/// The rows are held as they came, 8 bytes a value, until it is known how wide they are. A width that only the text
/// claims may not make far more of it than it is: see `largestMatrix`.
final class SparseRows {
  /// What the labels are.
  enum LabelUse {
    case classes, targets
    /// Classes while all are whole numbers.
    case classesIfWhole
  }

  /// A matrix of as many bytes is made whatever the text's size.
  static let freeBytes = 1 << 24
  /// A matrix has at most so many bytes for each byte of text beyond that.
  static let bytesPerByte = 16

  private let settings: ImportSettings
  private let freeBytes: Int
  private(set) var labelUse: LabelUse
  private var classTable: ClassTable
  /// Class codes of the rows held, I64; none once labels are known to be targets.
  private var codes = GrowingBytes()
  /// Labels of the rows held as numbers, F32.
  private var targets = GrowingBytes()
  /// Index (from 0) and value of what the rows held give: U32, F32.
  private let pairs = GrowingBytes()
  /// How many pairs there are up to the end of each row held, I64.
  private let ends = GrowingBytes()
  /// Rows held now.
  private(set) var rows = 0
  /// The largest index, and where it is.
  private var widest = (index: 0, place: "")
  private var textBytes = 0
  private var line = 0
  private var place = ""

  init(settings: ImportSettings, freeBytes: Int = SparseRows.freeBytes) {
    self.settings = settings
    self.freeBytes = freeBytes
    let saysClasses = settings.table.label != nil || settings.table.classes != nil
    labelUse = saysClasses ? .classes : settings.table.targets.isEmpty ? .classesIfWhole : .targets
    classTable = ClassTable(given: settings.table.classes)
  }

  /// Whether rows are final as they come, so that `take` may be called before the end.
  var isFinal: Bool {
    settings.features != nil && (labelUse == .targets || (labelUse == .classes && classTable.isFinal))
  }

  /// Reads all rows of a file; `afterRow` is called after each.
  func read(_ file: OutsideFile, afterRow: () throws(Failure) -> Void) throws(Failure) {
    place = file.name
    line = 0
    try TextInput(file).forEachBlock { (text, isEnd) throws(Failure) in
      var position = 0
      while position < text.count {
        let rest = text[position...]
        guard let end = rest.firstIndex(of: 10) ?? (isEnd ? text.count : nil) else { break }
        line += 1
        textBytes += end - position + 1
        let isRow: Bool
        do throws(Failure) {
          isRow = try row(SparseLine(UnsafeBufferPointer(rebasing: rest[..<end])))
        } catch {
          throw error.at("\(place): line \(line)")
        }
        if isRow { try afterRow() }
        position = min(end + 1, text.count)
      }
      return position
    }
  }

  /// Takes a line; false when it is empty or a comment.
  private func row(_ words: SparseLine) throws(Failure) -> Bool {
    var words = words
    guard let label = words.next() else { return false }
    let value = try number(label: label)
    if labelUse == .classesIfWhole, value != value.rounded() {
      labelUse = .targets
      codes = GrowingBytes()
    }
    var last = 0
    while let word = words.next() {
      let (index, text) = try SparseLine.pair(word)
      guard index > last else { throw .input("'\(SparseLine.shown(word))' after index \(last): indices ascend") }
      if let features = settings.features, index > features {
        throw .input("'\(SparseLine.shown(word))': an index above \(features), which --features gives")
      }
      let room = pairs.room(for: 8)
      room.storeBytes(of: UInt32(index - 1), as: UInt32.self)
      room.storeBytes(of: try number(text, in: word), toByteOffset: 4, as: Float.self)
      pairs.commit(8)
      last = index
    }
    if last > widest.index { widest = (last, "\(place): line \(line)") }
    append(Int64(pairs.count / 8), to: ends)
    append(value, to: targets)
    if labelUse != .targets { append(try classTable.code(String(decoding: label, as: UTF8.self)), to: codes) }
    rows += 1
    return true
  }

  private func append(_ value: some BitwiseCopyable, to bytes: GrowingBytes) {
    bytes.room(for: 8).storeBytes(of: value, as: type(of: value))
    bytes.commit(MemoryLayout.size(ofValue: value))
  }

  private func number(label word: SparseLine.Bytes) throws(Failure) -> Float {
    if word.contains(0x3a) { throw .input("'\(SparseLine.shown(word))' where the label is due, a number") }
    if word.contains(0x2c) { throw .input("'\(SparseLine.shown(word))': several labels a row are not read") }
    return try number(word, in: word)
  }

  /// A number, of which the word is shown when it is none.
  private func number(_ text: SparseLine.Bytes, in word: SparseLine.Bytes) throws(Failure) -> Float {
    let number = NumberScanner.float(text)
    if let number, number.isFinite { return number }
    guard let found = number ?? NumberScanner.word(text) else {
      throw .input("'\(SparseLine.shown(word))': '\(SparseLine.shown(text))' is not a number")
    }
    guard settings.table.allowsNotFinite else {
      throw .input("'\(SparseLine.shown(word))' is not a finite 32-bit float; see --allow-nan")
    }
    return found
  }

  /// The rows held, which are not held any longer. Call it before the end only while `isFinal`.
  func take() throws(Failure) -> Table {
    let count = rows
    rows = 0
    let width = settings.features ?? widest.index
    try checkSize(rows: count, width)
    var table = Table(x: matrix(rows: count, width), features: [])
    let values = targets.finish(type: .float32, shape: [count, 1])
    guard labelUse != .targets else {
      table.y = values
      return table
    }
    (table.classes, table.y) = classTable.labels(codes.finish(type: .int64, shape: [count]))
    return table
  }

  /// Refuses a matrix that a few bytes of text would make large, unless its width was given.
  private func checkSize(rows: Int, _ width: Int) throws(Failure) {
    guard settings.features == nil else { return }
    guard width > 0 else { throw .input("\(place): no row has a feature; --features N tells how many there are") }
    let (bytes, isBeyond) = (4 * width).multipliedReportingOverflow(by: rows)
    guard isBeyond || bytes > freeBytes + SparseRows.bytesPerByte * textBytes else { return }
    let rows = "\(rows) row\(rows == 1 ? "" : "s")"
    throw .input(
      "\(widest.place): index \(width) makes \(rows) far larger than the text; "
        + "--features \(width) takes them all the same")
  }

  private func matrix(rows: Int, _ width: Int) -> Tensor {
    let ends = ends.finish(type: .int64, shape: [rows])
    let pairs = pairs.finish(type: .uint8, shape: [self.pairs.count])
    return Tensor(type: .float32, shape: [rows, width]) { target in
      pairs.withBytes { pairs in
        ends.withElements(of: Int64.self) { ends in
          var pair = 0
          for row in 0..<rows {
            while pair < ends[row] {
              let index = Int(pairs.loadUnaligned(fromByteOffset: 8 * pair, as: UInt32.self))
              let value = pairs.loadUnaligned(fromByteOffset: 8 * pair + 4, as: Float.self)
              target.storeBytes(of: value, toByteOffset: 4 * (row * width + index), as: Float.self)
              pair += 1
            }
          }
        }
      }
    }
  }
}
