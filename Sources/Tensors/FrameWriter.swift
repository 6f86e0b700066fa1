/// Writes frames in their canonical form: the same content makes the same bytes.
enum FrameWriter {
  /// Writes one frame to a sink.
  static func write(_ frame: Frame, to sink: ByteSink) throws(Failure) {
    var metadata = frame.metadata
    metadata["nn.version"] = "1"
    metadata["nn.kind"] = frame.kind?.rawValue
    metadata["nn.frame"] = String(frame.index)
    metadata["nn.last"] = frame.isLast ? "1" : "0"
    // The checksum has always eight digits, so the order of the tensors can be had before its value.
    var checksum: UInt = 0
    for tensor in FrameHeader.text(tensors: frame.tensors, metadata: [:]).order {
      checksum = tensor.checksum(after: checksum)
    }
    metadata["nn.crc32"] = Checksum.text(checksum)
    try sink.writeImage(tensors: frame.tensors, metadata: metadata)
  }
}

extension ByteSink {
  /// Writes a safetensors image of just these tensors and this metadata, in the canonical order and with none of the
  /// keys that make it a frame of a stream: what other programs call a safetensors file.
  public func writeImage(tensors: [String: Tensor], metadata: [String: String]) throws(Failure) {
    let (header, order) = FrameHeader.text(tensors: tensors, metadata: metadata)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(header.count) >> (8 * UInt64($0))) }
    try write(length + header)
    for tensor in order { try write(tensor) }
  }

  /// Writes a tensor's bytes.
  public func write(_ tensor: Tensor) throws(Failure) {
    if let deferred = tensor.deferred {
      return try deferred.forEachRun { (bytes) throws(Failure) in try write(bytes) }
    }
    try tensor.withBytes { (bytes) throws(Failure) in try write(bytes) }
  }
}
