import Kernels

/// Reads rows of text in which every cell is what it mostly is: a finite number for a feature or target, a label that is
/// not missing, neither in quotes. Of everything else the reader for all tables takes care, so nothing here fails.
struct PlainRows: Sendable {
  /// Where a number goes in its row's values (features, then targets), or what else the column is.
  private enum Column: Sendable {
    case number(place: Int)
    case label, dropped
  }
  private let columns: [Column]
  private let separator: UInt8
  /// Numbers of a row.
  let width: Int

  /// A reader of rows of this layout; nil where columns hold texts that become features or groups, or a digit separates fields.
  init?(_ layout: TableLayout) {
    guard layout.separator &- 0x30 > 9 else { return nil }
    let targets = layout.uses.count { if case .target = $0 { true } else { false } }
    var (columns, features): ([Column], Int) = ([], 0)
    for use in layout.uses {
      switch use {
      case .feature:
        columns.append(.number(place: features))
        features += 1
      case .target(let place): columns.append(.number(place: layout.inputs.count + place))
      case .label: columns.append(.label)
      case .dropped: columns.append(.dropped)
      case .category, .group: return nil
      }
    }
    self.columns = columns
    separator = layout.separator
    width = features + targets
  }

  /// Reads from `range.lowerBound` on, where a row begins, until a row that is not plain or the range's end, which a line
  /// feed is before. At least four bytes of text follow the range.
  func read(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, into found: PlainRowsFound) {
    found.clear(for: range.count / 2 + width)
    guard let bytes = text.baseAddress else { return }
    var position = range.lowerBound
    found.end = position
    var (lines, values) = (0, found.values.pointer)
    while true {
      // Empty lines.
      while position < range.upperBound {
        if bytes[position] == 10 {
          position += 1
        } else if bytes[position] == 13, bytes[position + 1] == 10 {
          position += 2
        } else {
          break
        }
        lines += 1
      }
      (found.end, found.lines) = (position, lines)
      guard position < range.upperBound, let end = row(text, bytes, position, values, found, line: lines) else {
        return
      }
      position = end
      values += width
      lines += 1
      found.rows += 1
    }
  }

  /// Reads one row; returns where the next begins, nil when the row is not plain.
  @inline(__always)
  private func row(
    _ text: UnsafeBufferPointer<UInt8>, _ bytes: UnsafePointer<UInt8>, _ start: Int,
    _ values: UnsafeMutablePointer<Float>, _ found: PlainRowsFound, line: Int
  ) -> Int? {
    var position = start
    var label: Range<Int>?
    let last = columns.count - 1
    for column in 0...last {
      if case .number(let place) = columns[column] {
        // Up to three digits at once; most tables of pixels have no others.
        let four = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt32.self).littleEndian
        let digits = four ^ 0x3030_3030
        let length = ((digits &+ 0x7676_7676) | digits) & 0x8080_8080
        let count = length.trailingZeroBitCount / 8
        if count & 3 != 0, bytes[position + count] == (column < last ? separator : 10) {
          let aligned = digits << UInt32(32 - 8 * count)
          let pairs = ((aligned &* 10) &+ (aligned >> 8)) & 0x00FF_00FF
          values[place] = Float((pairs &* 100 &+ pairs >> 16) & 0xFFFF)
          position += count + 1
          continue
        }
      }
      guard bytes[position] != UInt8(ascii: "\"") else { return nil }
      let first = position
      while bytes[position] != separator, bytes[position] != 10 { position += 1 }
      guard (bytes[position] == 10) == (column == last) else { return nil }
      let end = column == last && position > first && bytes[position - 1] == 13 ? position - 1 : position
      let cell = RecordScanner.trimmed(RecordScanner.Field(start: first, end: end, isQuoted: false), in: text)
      switch columns[column] {
      case .number(let place):
        guard let value = NumberScanner.float(cell), value.isFinite else { return nil }
        values[place] = value
      case .label:
        if TableSettings.missingWords.contains(where: { cell.elementsEqual($0) }) { return nil }
        label = first..<end
      case .dropped: break
      }
      position += 1
    }
    if let label {
      found.labels.append((RecordScanner.Field(start: label.lowerBound, end: label.upperBound, isQuoted: false), line))
    }
    return position
  }
}

/// What plain rows were found in a part of a text.
final class PlainRowsFound: @unchecked Sendable {
  /// The numbers, row by row.
  fileprivate(set) var values = AlignedBuffer<Float>(count: 0)
  /// The rows' labels, and on which line, from 0, they were found.
  fileprivate(set) var labels: [(field: RecordScanner.Field, line: Int)] = []
  fileprivate(set) var rows = 0
  /// Lines passed, empty ones included.
  fileprivate(set) var lines = 0
  /// Where the first row begins that was not read.
  fileprivate(set) var end = 0

  fileprivate func clear(for count: Int) {
    if values.count < count { values = AlignedBuffer(count: count) }
    labels.removeAll(keepingCapacity: true)
    (rows, lines) = (0, 0)
  }
}
