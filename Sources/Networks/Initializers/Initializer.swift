import Kernels
import Tensors

/// How a parameter gets its first values.
public struct Initializer: Sendable {
  /// Draws the values of a parameter, row-major.
  typealias Draw = @Sendable (ParameterShape, inout RandomStream) throws(Failure) -> [Double]

  /// The text that reads back as this initialiser, without keys, so that it can be the value of a layer's key:
  /// `uniform,low=-1,high=1` is `uniform:-1:1`.
  public let text: String
  /// Whether it makes matrices only, as `orthogonal` does.
  public let needsMatrix: Bool
  private let draw: Draw

  /// Reads the text of an initialiser, such as `he_normal` or `normal:0:0.05`.
  public init(parsing text: String) throws(Failure) {
    let spec = try Spec(parsing: text)
    let kind = try InitializerKind.named(InitializerKind.otherNames[spec.name] ?? spec.name)
    var arguments = InitializerArguments(spec)
    draw = try kind.make(&arguments)
    self.text = try arguments.finish()
    needsMatrix = kind.needsMatrix
  }

  static func optional(_ text: String?, _ reader: SpecReader, _ key: String) throws(Failure) -> Initializer? {
    guard let text else { return nil }
    do throws(Failure) { return try Initializer(parsing: text) } catch {
      throw reader.failure("\(key): \(error.message)")
    }
  }

  /// Values drawn from a stream for a parameter, row-major.
  public func values(_ shape: ParameterShape, from stream: inout RandomStream) throws(Failure) -> [Float] {
    try draw(shape, &stream).map { Float($0) }
  }
}

/// What an initialiser is told about a parameter.
public struct ParameterShape: Sendable {
  /// The shape as PyTorch stores it: [outputs, inputs] for weights, [outputs] for biases.
  public var sizes: [Int]
  /// The number of the layer's inputs, also for its biases.
  public var fanIn: Int
  /// The number of the layer's outputs.
  public var fanOut: Int

  /// The shape of a parameter and the fans of its layer.
  public init(_ sizes: [Int], fanIn: Int, fanOut: Int) {
    self.sizes = sizes
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// The number of values.
  public var count: Int { sizes.reduce(1, *) }
}

/// Takes an initialiser's arguments and writes them down again, each by its place.
struct InitializerArguments {
  private let spec: Spec
  private var reader: SpecReader
  private var texts: [String] = []
  /// How many of the texts are needed, so that what was given comes back.
  private var needed = 0

  init(_ spec: Spec) {
    self.spec = spec
    reader = SpecReader(spec)
  }

  /// A failure that is led by the initialiser's text.
  func failure(_ message: String) -> Failure { reader.failure(message) }

  /// The next number.
  mutating func number(
    _ key: String, in range: Numbers.Range = .any, default fallback: Double? = nil
  ) throws(Failure) -> Double {
    let given = given(key)
    let value = try reader.number(key, positional: true, in: range, default: fallback)
    note(given, or: Numbers.text(value))
    return value
  }

  /// The next word, one of several of which the first is the default.
  mutating func choice<Value: RawRepresentable<String>>(
    _ key: String, among values: [Value]
  ) throws(Failure) -> Value {
    let given = given(key)
    let words = values.map(\.rawValue)
    guard let text = try reader.text(key, positional: true) else {
      note(given, or: words[0])
      return values[0]
    }
    guard let value = values.first(where: { $0.rawValue == text }) else {
      throw failure(Nearest.unknown(text, key, among: words))
    }
    note(given, or: text)
    return value
  }

  private func given(_ key: String) -> String? {
    spec.values.indices.contains(texts.count) ? spec.values[texts.count] : spec[key]
  }

  private mutating func note(_ given: String?, or text: String) {
    texts.append(given ?? text)
    if given != nil { needed = texts.count }
  }

  /// The text without keys; fails when something is left that nobody asked for.
  func finish() throws(Failure) -> String {
    try reader.finish()
    return Spec(spec.name, values: Array(texts.prefix(needed))).description
  }
}
