import Glibc
import Networks
import Tensors
import Testing

/// The files that the scripts of Tests/Fixtures wrote with PyTorch and Keras.
enum Golden {
  static let folder = "\(#filePath)".split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Fixtures/golden"

  /// Names of the files with a prefix, without their extension.
  static func names(_ prefix: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(prefix), name.hasSuffix(".safetensors") { names.append(String(name.dropLast(12))) }
    }
    return names.sorted()
  }

  static func read(_ name: String) throws -> Frame {
    try #require(try FrameInput(operands: ["\(folder)/\(name).safetensors"]).next())
  }

  /// The number in a file's metadata.
  static func number(_ key: String, _ frame: Frame) throws -> Double {
    try #require(frame.metadata[key].flatMap(Double.init))
  }

  /// The largest difference of two arrays.
  static func difference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}
