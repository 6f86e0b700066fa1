/// What a file is, told from its first bytes.
public enum Content: Sendable {
  case empty, frame, gzip, npy, zip, pickle, idx, png, pnm, jpeg, hdf5, parquet, bzip2, xz, zstd, utf16, json, text,
    unknown

  /// The content that begins with some bytes (64 are enough).
  public init(of bytes: [UInt8]) {
    self =
      bytes.isEmpty
      ? .empty
      : Content.isFrame(bytes)
        ? .frame : Content.magic.first { bytes.starts(with: $0.bytes) }?.content ?? Content.byShape(bytes)
  }

  private static let magic: [(bytes: [UInt8], content: Content)] = [
    ([0x1f, 0x8b], .gzip), ([0x93] + Array("NUMPY".utf8), .npy), ([0x50, 0x4b, 3, 4], .zip),
    ([0x50, 0x4b, 5, 6], .zip), ([0x80, 2], .pickle), ([0x80, 3], .pickle), ([0x80, 4], .pickle),
    ([0x80, 5], .pickle), ([0x89, 0x50, 0x4e, 0x47], .png), ([0xff, 0xd8, 0xff], .jpeg),
    ([0x89, 0x48, 0x44, 0x46], .hdf5), (Array("PAR1".utf8), .parquet), (Array("BZh".utf8), .bzip2),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .xz), ([0x28, 0xb5, 0x2f, 0xfd], .zstd), ([0xff, 0xfe], .utf16),
    ([0xfe, 0xff], .utf16),
  ]

  /// A length of the header that a frame may have, and the brace that its header begins with.
  private static func isFrame(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 9, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(FrameHeader.maximumLength)
  }

  /// Content that no fixed bytes announce: IDX has two zeros, an element type and a rank; text has no controls.
  private static func byShape(_ bytes: [UInt8]) -> Content {
    if bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, [8, 9, 0xb, 0xc, 0xd, 0xe].contains(bytes[2]),
      (1...FrameHeader.maximumRank).contains(Int(bytes[3]))
    {
      return .idx
    }
    if isPNM(bytes) { return .pnm }
    if bytes[0] == UInt8(ascii: "{") { return .json }
    return bytes.allSatisfy { $0 == 9 || $0 == 10 || $0 == 13 || ($0 >= 0x20 && $0 != 0x7f) } ? .text : .unknown
  }

  /// Netpbm images: P and a digit, white space, and a size, a comment, or the first line of a PAM image's header.
  private static func isPNM(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 4, bytes[0] == UInt8(ascii: "P"), (0x31...0x37).contains(bytes[1]),
      [0x20, 10, 13].contains(bytes[2])
    else { return false }
    if bytes[3] == UInt8(ascii: "#") || (0x30...0x39).contains(bytes[3]) { return true }
    let words = ["WIDTH", "HEIGHT", "DEPTH", "MAXVAL", "TUPLTYPE", "ENDHDR"]
    return bytes[1] == 0x37 && words.contains { bytes.dropFirst(3).starts(with: $0.utf8.prefix(5)) }
  }

  /// What to call it: "a PNG image".
  public var phrase: String {
    switch self {
    case .empty: "nothing"
    case .frame: "a tensor frame"
    case .gzip: "gzip data"
    case .npy: "a .npy array"
    case .zip: "a zip archive (.npz or a PyTorch checkpoint)"
    case .pickle: "a Python pickle, which can run code and is never read"
    case .idx: "an IDX file"
    case .png: "a PNG image"
    case .pnm: "a Netpbm image (PGM or PPM)"
    case .jpeg: "a JPEG image"
    case .hdf5: "an HDF5 file"
    case .parquet: "a Parquet file"
    case .bzip2: "bzip2 data"
    case .xz: "xz data"
    case .zstd: "Zstandard data"
    case .utf16: "UTF-16 text"
    case .json: "JSON text"
    case .text: "text"
    case .unknown: "of no known format"
    }
  }

  /// What to do with it outside this suite, for content that none of the tools reads.
  public var remedy: String? {
    switch self {
    case .pickle: "save tensors with safetensors, or arrays with numpy.savez"
    case .jpeg: "convert it to PNG first"
    case .hdf5, .parquet: "write it as .npy, .npz or CSV first"
    case .bzip2: "decompress it with bzip2 -dc first"
    case .xz: "decompress it with xz -dc first"
    case .zstd: "decompress it with zstd -dc first"
    case .utf16: "convert it with iconv -f UTF-16 -t UTF-8 first"
    default: nil
    }
  }
}

/// Names what a file is when it is not a stream of frames, so that the message can say what to do.
enum Recognition {
  /// A sentence about bytes that do not begin a frame; nil when they look like nothing known.
  static func advice(for bytes: [UInt8]) -> String? {
    let content = Content(of: bytes)
    let advice: String? =
      switch content {
      case .gzip: "import it with nn-import, or decompress it with gzip -dc first"
      case .npy, .idx, .png, .pnm: "nn-import reads those"
      case .zip:
        "nn-import reads .npz, and safetensors.torch.save_file writes what nn-init --weights reads"
      case .json: "a stream of tensors is due"
      case .text: "nn-import reads CSV, TSV and LIBSVM text"
      case .empty, .frame, .unknown: nil
      default: content.remedy
      }
    return advice.map { "is \(content.phrase); \($0)" }
  }
}
