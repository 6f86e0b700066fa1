import Kernels
import Tensors

/// Which of a layer's sizes an initialiser divides its variance by.
private enum Fan: String, CaseIterable {
  case input = "fan_in"
  case output = "fan_out"
  case average = "fan_avg"

  func size(_ shape: ParameterShape) -> Double {
    switch self {
    case .input: Double(max(1, shape.fanIn))
    case .output: Double(max(1, shape.fanOut))
    case .average: max(1, Double(shape.fanIn + shape.fanOut) / 2)
    }
  }
}

/// How variance scaling draws.
private enum Distribution: String, CaseIterable {
  case truncated = "truncated_normal"
  case normal = "untruncated_normal"
  case uniform
}

/// Initialisers that keep the variance of what passes through a layer: a draw has mean 0 and variance scale / fan.
///
/// Glorot and Bengio 2010 (fan_avg), He et al. 2015 (2/(1 + slope²) over fan_in), LeCun et al. 1998 (1/fan_in). Normal
/// ones are not truncated, as in PyTorch; Keras's are, and `variance_scaling` gives those. Uniform ones draw from
/// ±√(3·variance).
extension InitializerKind {
  static let scaled: [InitializerKind] = [
    glorot("glorot_uniform", .uniform), glorot("glorot_normal", .normal), he("he_uniform", .uniform),
    he("he_normal", .normal), fixed("lecun_uniform", "uniform, variance 1/fan_in", 1, .uniform),
    fixed("lecun_normal", "normal, variance 1/fan_in", 1, .normal),
    fixed("torch", "PyTorch's default: uniform, variance 1/(3·fan_in)", 1.0 / 3, .uniform),
    InitializerKind(
      "variance_scaling", arguments: "SCALE=1:MODE=fan_in:DISTRIBUTION=truncated_normal",
      summary: "variance SCALE/MODE: fan_in, fan_out, fan_avg; truncated_normal, untruncated_normal, uniform"
    ) { arguments throws(Failure) in
      let scale = try arguments.number("scale", in: .positive, default: 1)
      let fan = try arguments.choice("mode", among: Fan.allCases)
      return draw(scale, fan, try arguments.choice("distribution", among: Distribution.allCases))
    },
  ]

  private static func fixed(
    _ name: String, _ summary: String, _ scale: Double, _ distribution: Distribution
  ) -> InitializerKind {
    InitializerKind(name, summary: summary) { _ in draw(scale, .input, distribution) }
  }

  private static func glorot(_ name: String, _ distribution: Distribution) -> InitializerKind {
    InitializerKind(
      name, arguments: "GAIN=1", summary: "\(word(distribution)), variance GAIN²·2/(fan_in + fan_out)"
    ) { arguments throws(Failure) in
      let gain = try arguments.number("gain", in: .positive, default: 1)
      return draw(gain * gain, .average, distribution)
    }
  }

  private static func he(_ name: String, _ distribution: Distribution) -> InitializerKind {
    InitializerKind(
      name, arguments: "MODE=fan_in:SLOPE=0",
      summary: "\(word(distribution)), variance 2/(1 + SLOPE²)/MODE: fan_in or fan_out; SLOPE is leakyrelu's"
    ) { arguments throws(Failure) in
      let fan = try arguments.choice("mode", among: [Fan.input, .output])
      let slope = try arguments.number("slope", default: 0)
      return draw(2 / (1 + slope * slope), fan, distribution)
    }
  }

  private static func word(_ distribution: Distribution) -> String { distribution == .uniform ? "uniform" : "normal" }

  private static func draw(_ scale: Double, _ fan: Fan, _ distribution: Distribution) -> Initializer.Draw {
    { shape, stream throws(Failure) in
      let std = (scale / fan.size(shape)).squareRoot()
      let next: Initializer.Draw =
        switch distribution {
        // What truncation takes from the deviation is given back, with Keras's number for it.
        case .truncated: each { std / 0.87962566103423978 * $0.nextTruncatedNormal() }
        case .normal: each { std * $0.nextNormal() }
        case .uniform: each { std * 3.0.squareRoot() * (2 * $0.nextDouble() - 1) }
        }
      return try next(shape, &stream)
    }
  }
}
