import Tensors

/// A message in the encoding of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), as it is written.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  /// A whole number; also an enumeration's.
  mutating func add(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A float.
  mutating func add(_ field: Int, _ value: Float) {
    key(field, wireType: 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// A text.
  mutating func add(_ field: Int, _ text: String) { add(field, bytes: Array(text.utf8)) }

  /// A message within this one.
  mutating func add(_ field: Int, _ message: (inout ProtocolBuffer) -> Void) {
    var inner = ProtocolBuffer()
    message(&inner)
    add(field, bytes: inner.bytes)
  }

  /// Plain bytes.
  mutating func add(_ field: Int, bytes content: some Collection<UInt8>) {
    key(field, wireType: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

  /// Seven bits a byte, the lowest first, the top bit saying that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
