import Glibc
import Kernels
import Networks
import Tensors
import Testing

/// The files that Tests/Fixtures/generate.py wrote with PyTorch.
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

  /// The network of a file's layer list with the file's parameters.
  static func network(_ frame: Frame) throws -> Network {
    let input = try #require(frame.metadata["input"].flatMap(Int.init))
    let layers = try #require(frame.metadata["layers"])
    let network = try Network(Architecture(input: [input], parsing: layers.split(separator: " ").map(String.init)))
    let parameters = frame.tensors.filter { name, _ in
      name.first?.isNumber == true  // "0.weight"
    }
    #expect(network.load(parameters).isEmpty)
    return network
  }
}

/// The largest difference of two arrays, relative to the largest value (or 0.05, for gradients that are nothing but
/// rounding, such as that of a bias before batch normalisation).
func relativeDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  let scale = max(0.05, b.reduce(0) { max($0, abs($1)) })
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
}
