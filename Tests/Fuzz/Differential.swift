#if canImport(Glibc)
  import Glibc
#endif
@testable import Tensors

/// The other half of differential.py: reads images from standard input, each after its length (u32, little-endian), and
/// answers each by a JSON line: the frames that our reader sees, up to where it refuses to go on, each with the end of
/// its image and with the types, shapes and checksums of its tensors.
@main
struct Differential {
  static func main() throws {
    let source = try ByteSource(path: "-")
    let output = try ByteSink.open(path: "-")
    while true {
      let prefix = try source.read(4)
      guard prefix.count == 4 else { break }
      let length = prefix.withBytes { $0.loadUnaligned(as: UInt32.self) }
      let image = try source.read(Int(UInt32(littleEndian: length)))
      try output.write(answer(image).text + "\n")
    }
    try output.finish()
  }

  private static func answer(_ image: Tensor) -> JSON {
    var frames: [JSON] = []
    answers { () throws(Failure) in
      let reader = FrameReader(image.withBytes { ByteSource($0, name: "input") })
      var start = 0
      while let frame = try reader.next() {
        let text = Int(image.withBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) })
        let header = try FrameHeader(parsing: Array(image.withBytes { $0[start + 8..<start + 8 + text] }))
        start += 8 + text + header.dataLength
        frames.append(
          .object([
            ("end", .number(start)),
            ("metadata", .object(header.metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ("tensors", .object(frame.tensors.map { ($0.key, description(of: $0.value)) })),
          ]))
      }
    }
    return .array(frames)
  }

  private static func description(of tensor: Tensor) -> JSON {
    .array([
      .string(tensor.type.rawValue), .array(tensor.shape.map(JSON.number)),
      .string(Checksum.text(tensor.checksum())),
    ])
  }
}
