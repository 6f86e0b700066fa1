import Glibc
import Testing

@testable import Tensors

/// A file that goes with its owner.
final class TemporaryFile {
  let path: String

  init(_ bytes: [UInt8] = []) {
    var template = Array("/tmp/nn-unit.XXXXXX".utf8CString)
    let descriptor = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
    path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    precondition(descriptor >= 0)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }

  deinit { unlink(path) }

  var bytes: [UInt8] {
    guard let source = try? ByteSource(path: path), let all = try? source.readAll() else { return [] }
    return all.withBytes { Array($0) }
  }
}

/// The frames of bytes that lie in a file.
func frames(_ bytes: [UInt8]) throws -> [Frame] {
  let file = TemporaryFile(bytes)
  return try allFrames(FrameReader(path: file.path))
}

/// The frames of bytes that come through a pipe in small pieces; at most what a pipe holds.
func framesThroughPipe(_ bytes: [UInt8]) throws -> [Frame] {
  var ends: [Int32] = [-1, -1]
  try #require(pipe(&ends) == 0)
  defer { close(ends[0]) }
  try #require(bytes.count <= 60_000)
  _ = bytes.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
  close(ends[1])
  return try allFrames(FrameReader(path: "/dev/fd/\(ends[0])"))
}

private func allFrames(_ reader: FrameReader) throws -> [Frame] {
  var frames: [Frame] = []
  while let frame = try reader.next() { frames.append(frame) }
  return frames
}

/// The bytes of frames as they are written.
func written(_ frames: [Frame]) throws -> [UInt8] {
  let file = TemporaryFile()
  let sink = try ByteSink.open(path: file.path)
  for frame in frames { try FrameWriter.write(frame, to: sink) }
  try sink.finish()
  return file.bytes
}

/// The failure that a body throws.
func failure(of body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch { return error as? Failure }
}
