import Glibc
import Tensors

import class Kernels.ThreadTeam

@testable import Interchange

/// A file of the folder Tests/Fixtures/interchange.
func fixture(_ name: String) -> String {
  let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
  return "/\(folder)/Fixtures/interchange/\(name)"
}

/// A new file of some bytes, for as long as `body` runs.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/interchange-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  precondition(descriptor >= 0)
  close(descriptor)
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { unlink(path) }
  let sink = try ByteSink.open(path: path)
  try sink.write(bytes)
  try sink.finish()
  return try body(path)
}

/// The frames that an import gives.
func imported(_ paths: [String], _ settings: ImportSettings = ImportSettings()) throws -> [Frame] {
  var frames: [Frame] = []
  _ = try withoutActuallyEscaping({ (frame: Frame) in frames.append(frame) }) { append in
    try Importer.run(paths, settings, team: ThreadTeam(threads: 2)) { (frame) in append(frame) }
  }
  return frames
}

/// The one frame that an import of some text gives.
func imported(text: String, _ change: (inout ImportSettings) -> Void = { _ in }) throws -> Frame {
  var settings = ImportSettings()
  change(&settings)
  return try withFile(Array(text.utf8)) { path in
    let frames = try imported([path], settings)
    return try frames.first ?? { throw Failure.failed("no frame") }()
  }
}

/// The message of the failure of `body`, without the file's name; nil when it does not fail.
func failure(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    let text = "\(error)"
    guard text.hasPrefix("/tmp/interchange-"), let colon = text.firstRange(of: ": ") else { return text }
    return String(text[colon.upperBound...])
  }
}
