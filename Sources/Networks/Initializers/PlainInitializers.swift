import Kernels
import Tensors

extension InitializerKind {
  /// Those that take no notice of the layer's size.
  static let plain: [InitializerKind] = [
    InitializerKind("zeros", summary: "0") { _ in constant(0) },
    InitializerKind("ones", summary: "1") { _ in constant(1) },
    InitializerKind("constant", arguments: "VALUE", summary: "VALUE") { arguments throws(Failure) in
      constant(try arguments.number("value"))
    },
    InitializerKind("uniform", arguments: "LOW:HIGH", summary: "uniform between LOW and HIGH") {
      arguments throws(Failure) in
      let low = try arguments.number("low")
      let high = try arguments.number("high")
      guard low <= high else { throw arguments.failure("the lower bound is above the upper one") }
      return each { low + (high - low) * $0.nextDouble() }
    },
    InitializerKind("normal", arguments: "MEAN:STD", summary: "normal") { arguments throws(Failure) in
      let (mean, std) = try moments(&arguments)
      return each { mean + std * $0.nextNormal() }
    },
    InitializerKind(
      "truncated_normal", arguments: "MEAN:STD", summary: "normal, what is further than 2·STD from MEAN drawn again"
    ) { arguments throws(Failure) in
      let (mean, std) = try moments(&arguments)
      return each { mean + std * $0.nextTruncatedNormal() }
    },
    InitializerKind("small", summary: "0.01 · standard normal") { _ in each { 0.01 * $0.nextNormal() } },
  ]

  private static func constant(_ value: Double) -> Initializer.Draw {
    { shape, _ in [Double](repeating: value, count: shape.count) }
  }

  /// One draw after the other.
  static func each(_ draw: @escaping @Sendable (inout RandomStream) -> Double) -> Initializer.Draw {
    { shape, stream in
      var values: [Double] = []
      values.reserveCapacity(shape.count)
      for _ in 0..<shape.count { values.append(draw(&stream)) }
      return values
    }
  }

  private static func moments(
    _ arguments: inout InitializerArguments
  ) throws(Failure) -> (mean: Double, std: Double) {
    let mean = try arguments.number("mean")
    let std = try arguments.number("std", in: .notNegative)
    // No draw is further from the mean than ten standard deviations.
    guard Float(abs(mean) + 10 * std).isFinite else { throw arguments.failure("draws are too large for 32-bit floats") }
    return (mean, std)
  }
}

extension RandomStream {
  /// A standard normal number between −2 and 2: others are drawn again. Its standard deviation is 0.8796.
  mutating func nextTruncatedNormal() -> Double {
    while true {
      let value = nextNormal()
      if abs(value) <= 2 { return value }
    }
  }
}
