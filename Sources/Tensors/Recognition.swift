/// Names what a file is when it is not a stream of frames, so that the message can say what to do.
enum Recognition {
  /// A sentence about bytes that do not begin a frame; nil when they look like nothing known.
  static func advice(for bytes: [UInt8]) -> String? {
    func begins(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }
    if begins([0x1f, 0x8b]) {
      return "is gzip data; import it with nn-import, or decompress it with gzip -dc first"
    }
    if begins([0x93] + Array("NUMPY".utf8)) { return "is a .npy array; nn-import reads those" }
    if begins([0x50, 0x4b, 0x03, 0x04]) {
      return "is a zip archive (.npz or a PyTorch checkpoint); nn-import reads .npz, "
        + "and safetensors.torch.save_file writes what nn-init --weights reads"
    }
    if begins([0x80, 0x02]) || begins([0x80, 0x03]) || begins([0x80, 0x04]) || begins([0x80, 0x05]) {
      return "is a Python pickle, which can run code and is never read; save tensors with safetensors"
    }
    if begins([0, 0, 8, 1]) || begins([0, 0, 8, 3]) { return "is an IDX file; nn-import reads those" }
    if begins([0x89, 0x50, 0x4e, 0x47]) { return "is a PNG image; nn-import reads those" }
    if bytes.first == UInt8(ascii: "{") { return "is JSON text, not a stream of tensors" }
    let isText = bytes.allSatisfy { $0 == 9 || $0 == 10 || $0 == 13 || ($0 >= 0x20 && $0 != 0x7f) }
    if isText, !bytes.isEmpty { return "is text; nn-import reads CSV and TSV" }
    return nil
  }
}
