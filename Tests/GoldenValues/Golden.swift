import Glibc
import Networks
import Tensors

/// The files that the scripts of Tests/Fixtures wrote with PyTorch and Keras, for every test target.
public enum Golden {
  /// The folder of the files.
  public static let folder =
    "\(#filePath)".split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Fixtures/golden"

  /// Names of the files with a prefix, sorted and without their extension.
  public static func names(_ prefix: String) -> [String] {
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

  /// The frame of a file.
  public static func read(_ name: String) throws(Failure) -> Frame {
    guard let frame = try FrameInput(operands: ["\(folder)/\(name).safetensors"]).next() else {
      throw .input("\(name): no frame")
    }
    return frame
  }

  /// A text in a file's metadata.
  public static func text(_ key: String, _ frame: Frame) throws(Failure) -> String {
    guard let text = frame.metadata[key] else { throw .input("\(frame.place): no '\(key)' in the metadata") }
    return text
  }

  /// A number in a file's metadata.
  public static func number(_ key: String, _ frame: Frame) throws(Failure) -> Double {
    guard let number = Double(try text(key, frame)) else { throw .input("\(frame.place): '\(key)' is no number") }
    return number
  }

  /// The network of a file's layer list with the file's parameters ("0.weight"), over rows of `input` values.
  public static func network(_ frame: Frame, input: Int) throws(Failure) -> Network {
    try network(frame, input: [input])
  }

  private static func network(_ frame: Frame, input: [Int]) throws(Failure) -> Network {
    let layers = try text("layers", frame).split(separator: " ").map(String.init)
    let network = try Network(Architecture(input: input, parsing: layers))
    let problems = network.load(frame.tensors.filter { network.tensors[$0.key] != nil })
    guard problems.isEmpty else { throw .input("\(frame.place): \(problems.joined(separator: "; "))") }
    return network
  }

  /// The network of a file that says what shape its rows have.
  public static func network(_ frame: Frame) throws(Failure) -> Network {
    try network(frame, input: try Shape.parse(try text("input", frame)))
  }

  /// The largest difference of two arrays; infinite when it is none.
  public static func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count, a.allSatisfy(\.isFinite) else { return .infinity }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// The largest difference of two arrays, relative to the largest value of the second (or `floor`, for gradients that
  /// are nothing but rounding, such as that of a bias before batch normalisation).
  public static func relativeDifference(_ a: [Float], _ b: [Float], floor: Float = 0.05) -> Float {
    difference(a, b) / b.reduce(floor) { max($0, abs($1)) }
  }
}
