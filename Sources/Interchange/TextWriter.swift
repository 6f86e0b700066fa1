import Tensors

/// CSV or TSV text in a buffer that goes to a sink when it is full; independent of any locale.
final class TextWriter {
  private let sink: ByteSink
  private let separator: UInt8
  private var buffer: [UInt8] = []
  private var isRowStart = true

  /// A writer of rows of fields between which `separator` stands.
  init(to sink: ByteSink, separator: UInt8) {
    self.sink = sink
    self.separator = separator
    buffer.reserveCapacity(1 << 17)
  }

  private func startField() {
    if !isRowStart { buffer.append(separator) }
    isRowStart = false
  }

  /// Adds a field of text, quoted (RFC 4180) when it has to be.
  func field(_ text: String) {
    startField()
    let special: [UInt8] = [separator, 34, 10, 13]
    let bytes = Array(text.utf8)
    guard bytes.isEmpty || bytes.contains(where: special.contains) || bytes.first == 32 || bytes.last == 32 else {
      return buffer.append(contentsOf: bytes)
    }
    buffer.append(34)
    for byte in bytes { buffer.append(contentsOf: byte == 34 ? [34, 34] : [byte]) }
    buffer.append(34)
  }

  /// Adds a single-precision number, in the shortest form that reads back to the same single-precision number.
  func field(_ value: Float) {
    startField()
    if value == value.rounded(), abs(value) < 1e7, value != 0 || value.sign == .plus {
      return append(Int(value))
    }
    append(decimal: value.description)
  }

  /// Adds a double-precision number, in the shortest form that reads back exactly.
  func field(_ value: Double) {
    startField()
    if value == value.rounded(), abs(value) < 1e15, value != 0 || value.sign == .plus {
      return append(Int(value))
    }
    append(decimal: value.description)
  }

  /// Adds a whole number.
  func field(_ value: Int64) {
    startField()
    append(Int(value))
  }

  private func append(_ text: String) { buffer.append(contentsOf: text.utf8) }

  /// A description that says ".0" of a whole number says it with two bytes too many.
  private func append(decimal text: String) { append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text) }

  private func append(_ value: Int) {
    if value >= 0, value < 10 { return buffer.append(48 + UInt8(value)) }
    append(String(value))
  }

  /// Ends a row.
  func endRow() throws(Failure) {
    buffer.append(10)
    isRowStart = true
    if buffer.count >= 1 << 16 { try flush() }
  }

  /// Hands what is buffered to the sink.
  func flush() throws(Failure) {
    try sink.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
