import CZlib
import Tensors

/// Decompression as bytes are asked for (zlib's inflate; RFC 1950 to 1952).
///
/// Nothing is allocated by a declared size: a reader decides how much it takes.
final class Inflater {
  /// How the compressed bytes are wrapped.
  enum Wrapping: Int32 {
    /// gzip members, one after the other, with zero bytes allowed after the last (tapes and blocks pad so).
    case gzip = 31
    /// One zlib stream (RFC 1950), as the data of a PNG image is.
    case zlib = 15
    /// A bare deflate stream, as zip entries are.
    case none = -15
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let wrapping: Wrapping
  private let name: String
  private let next: () throws(Failure) -> Tensor
  private var chunk = Tensor([UInt8](), shape: [0])
  private var consumed = 0
  private var isInMember = true
  private var hasEnded = false

  /// A decompressor of what `next` gives (an empty tensor is its end); `name` leads its messages.
  init(_ wrapping: Wrapping, name: String, next: @escaping () throws(Failure) -> Tensor) throws(Failure) {
    self.wrapping = wrapping
    self.name = name
    self.next = next
    stream = .allocate(capacity: 1)  // zlib keeps the address
    stream.initialize(to: z_stream())
    guard
      inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .failed("\(name): zlib cannot start") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether nothing of the last chunk is left over.
  var hasTakenAll: Bool { consumed == chunk.count }

  /// Fills some of a buffer, at least one byte; 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while !hasEnded {
      if consumed == chunk.count {
        chunk = try next()
        consumed = 0
      }
      if !isInMember {
        try startMember()
        continue
      }
      let (status, produced) = step(buffer)
      switch status {
      case Z_OK, Z_BUF_ERROR:
        if produced > 0 { return produced }
        if chunk.count == 0 { throw .input("\(name): truncated: the compressed data ends early") }
      case Z_STREAM_END:
        isInMember = false
        if wrapping != .gzip { hasEnded = true }
        if produced > 0 { return produced }
      case Z_MEM_ERROR: throw .failed("\(name): out of memory")
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "bad block"
        throw .input("\(name): the compressed data is corrupt (\(reason))")
      }
    }
    return 0
  }

  /// One call of inflate over what is left of the chunk.
  private func step(_ buffer: UnsafeMutableRawBufferPointer) -> (status: Int32, produced: Int) {
    chunk.withBytes { bytes in
      let input = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
      let taken = min(input.count, Int(UInt32.max))
      let given = min(buffer.count, Int(UInt32.max))
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(taken)
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(given)
      let status = inflate(stream, Z_NO_FLUSH)
      consumed += taken - Int(stream.pointee.avail_in)
      return (status, given - Int(stream.pointee.avail_out))
    }
  }

  /// Between two members: padding is passed over, a further member begins, anything else is no gzip data.
  private func startMember() throws(Failure) {
    if chunk.count == 0 {
      hasEnded = true
      return
    }
    let byte = chunk.withBytes { $0[consumed] }
    if byte == 0 {
      consumed += 1
    } else if byte == 0x1f {
      inflateReset(stream)
      isInMember = true
    } else {
      throw .input("\(name): bytes that are no gzip data follow the compressed data")
    }
  }
}
