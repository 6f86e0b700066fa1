import Kernels
import Tensors

/// How a parameter gets its first values.
///
/// Variance-preserving initialisers: Glorot and Bengio 2010 (std² = 2/(fan_in + fan_out)), He et al. 2015
/// (std² = 2/fan_in), LeCun et al. 1998 (std² = 1/fan_in); uniform ones draw from ±√3·std.
public struct Initializer: Sendable {
  private enum Rule: Sendable {
    case constant(Double)
    case uniform(Double, Double)
    case normal(mean: Double, std: Double)
    /// std² = gain / fan; `isUniform` draws from ±√3·std.
    case scaled(gain: Double, Fan, isUniform: Bool)
  }
  private enum Fan: Sendable { case input, average }

  private let rule: Rule
  /// The text that reads back as this initialiser, without keys, so that it can be the value of a layer's key:
  /// `uniform,low=-1,high=1` is `uniform:-1:1`.
  public let text: String

  /// The names and what they mean, for lists and the manual.
  public static let names: [(name: String, summary: String)] = [
    ("zeros", "0"),
    ("ones", "1"),
    ("constant:C", "C"),
    ("uniform:A:B", "uniform between A and B"),
    ("normal:MEAN:STD", "normal"),
    ("small", "0.01 · standard normal"),
    ("glorot_uniform", "uniform, variance 2/(fan_in + fan_out)"),
    ("glorot_normal", "normal, variance 2/(fan_in + fan_out)"),
    ("he_uniform", "uniform, variance 2/fan_in"),
    ("he_normal", "normal, variance 2/fan_in"),
    ("lecun_uniform", "uniform, variance 1/fan_in"),
    ("lecun_normal", "normal, variance 1/fan_in"),
    ("torch", "PyTorch's default: uniform, variance 1/(3·fan_in)"),
  ]

  /// Reads the text of an initialiser, such as `he_normal` or `normal:0:0.05`.
  public init(parsing text: String) throws(Failure) {
    let spec = try Spec(parsing: text)
    var reader = SpecReader(spec)
    var keys: [String] = []
    func number(_ key: String, in range: Numbers.Range = .any) throws(Failure) -> Double {
      keys.append(key)
      let value = try reader.number(key, positional: true, in: range)
      guard Float(value).isFinite else { throw reader.failure("\(key) is too large for 32-bit floats") }
      return value
    }
    switch spec.name {
    case "zeros": rule = .constant(0)
    case "ones": rule = .constant(1)
    case "constant": rule = .constant(try number("value"))
    case "uniform":
      let low = try number("low")
      let high = try number("high")
      guard low <= high else { throw reader.failure("the lower bound is above the upper one") }
      rule = .uniform(low, high)
    case "normal":
      let mean = try number("mean")
      let std = try number("std", in: .notNegative)
      // No draw is further from the mean than ten standard deviations.
      guard Float(abs(mean) + 10 * std).isFinite else { throw reader.failure("draws are too large for 32-bit floats") }
      rule = .normal(mean: mean, std: std)
    case "small": rule = .normal(mean: 0, std: 0.01)
    case "glorot_uniform", "xavier_uniform": rule = .scaled(gain: 1, .average, isUniform: true)
    case "glorot_normal", "xavier_normal": rule = .scaled(gain: 1, .average, isUniform: false)
    case "he_uniform", "kaiming_uniform": rule = .scaled(gain: 2, .input, isUniform: true)
    case "he_normal", "kaiming_normal": rule = .scaled(gain: 2, .input, isUniform: false)
    case "lecun_uniform": rule = .scaled(gain: 1, .input, isUniform: true)
    case "lecun_normal": rule = .scaled(gain: 1, .input, isUniform: false)
    case "torch": rule = .scaled(gain: 1.0 / 3, .input, isUniform: true)
    default:
      let known = Initializer.names.map { String($0.name.prefix { $0 != ":" }) }
      throw .usage(Nearest.unknown(spec.name, "initialiser", among: known))
    }
    try reader.finish()
    let values = spec.values + keys.dropFirst(spec.values.count).compactMap { spec[$0] }
    self.text = Spec(spec.name, values: values).description
  }

  static func optional(_ text: String?, _ reader: SpecReader, _ key: String) throws(Failure) -> Initializer? {
    guard let text else { return nil }
    do throws(Failure) { return try Initializer(parsing: text) } catch {
      throw reader.failure("\(key): \(error.message)")
    }
  }

  /// `count` values drawn from a stream, for a parameter with the given fans.
  public func values(count: Int, fanIn: Int, fanOut: Int, from stream: inout RandomStream) -> [Float] {
    var draw: () -> Double
    var source = stream
    switch rule {
    case .constant(let value): draw = { value }
    case .uniform(let low, let high): draw = { low + (high - low) * source.nextDouble() }
    case .normal(let mean, let std): draw = { mean + std * source.nextNormal() }
    case .scaled(let gain, let fan, let isUniform):
      let size =
        switch fan {
        case .input: Double(fanIn)
        case .average: Double(fanIn + fanOut) / 2
        }
      let std = (gain / max(1, size)).squareRoot()
      let bound = std * 3.0.squareRoot()
      draw = isUniform ? { bound * (2 * source.nextDouble() - 1) } : { std * source.nextNormal() }
    }
    let result = (0..<count).map { _ in Float(draw()) }
    stream = source
    return result
  }
}
