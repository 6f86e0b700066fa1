#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Tensors

/// The activation functions, each applied to every value: y = f(x).
final class ActivationLayer: ElementwiseLayer {
  static let kinds: [LayerKind] = [
    plain("relu", "max(x, 0)", .relu, "he_normal"),
    withParameter("leakyrelu", "SLOPE=0.01", "x above 0, SLOPE·x below", "he_normal") { .leakyRelu(slope: $0) },
    withParameter("elu", "ALPHA=1", "x above 0, ALPHA·(eˣ − 1) below", "he_normal") { .elu(alpha: $0) },
    plain("selu", "1.0507·(x above 0, 1.6733·(eˣ − 1) below)", .selu, "lecun_normal"),
    plain("sigmoid", "1/(1 + e⁻ˣ)", .sigmoid, "glorot_uniform"),
    plain("tanh", "the hyperbolic tangent", .tanh, "glorot_uniform"),
    gelu,
    plain("silu", "x·sigmoid(x), also called swish", .silu, "he_normal"),
    plain("softplus", "log(1 + eˣ)", .softplus, "he_normal"),
  ]

  var spec: Spec
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let function: Activation

  init(_ spec: Spec, input: [Int], function: Activation) {
    self.spec = spec
    inputShape = input
    self.function = function
  }

  private static func plain(
    _ name: String, _ summary: String, _ function: Activation, _ initializer: String
  ) -> LayerKind {
    LayerKind(name, initializer: initializer, summary: summary) { spec, input throws(Failure) in
      try SpecReader(spec).finish()
      return ActivationLayer(spec, input: input, function: function)
    }
  }

  /// `argument` is the parameter's name and default.
  private static func withParameter(
    _ name: String, _ argument: String, _ summary: String, _ initializer: String,
    _ function: @escaping @Sendable (Float) -> Activation
  ) -> LayerKind {
    LayerKind(name, arguments: argument, initializer: initializer, summary: summary) { spec, input throws(Failure) in
      var reader = SpecReader(spec)
      let parts = argument.split(separator: "=")
      let parameter = try reader.number(
        parts[0].lowercased(), positional: true, in: .notNegative, default: Double(parts[1]))
      try reader.finish()
      return ActivationLayer(spec, input: input, function: function(Float(parameter)))
    }
  }

  private static let gelu = LayerKind(
    "gelu", keys: "approximate=none", initializer: "he_normal", summary: "x·Φ(x), Φ the normal distribution function"
  ) { spec, input throws(Failure) in
    var reader = SpecReader(spec)
    let approximation = try reader.text("approximate") ?? "none"
    guard ["none", "tanh"].contains(approximation) else {
      throw reader.failure("approximate '\(approximation)': none or tanh is due")
    }
    try reader.finish()
    return ActivationLayer(spec, input: input, function: approximation == "tanh" ? .geluTanh : .gelu)
  }

  var backwardNeeds: BackwardNeed {
    switch function {
    case .relu, .leakyRelu: .sign
    default: function.needsInput ? .input : .output
    }
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    kernels.activationForward(
      function, z: x.pointer(at: tile), ldz: x.ld, y: y.pointer(at: tile), ldy: y.ld, rows: tile.rows.count,
      columns: tile.columns.count)
  }

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    x.map { x in
      switch function {
      case .relu: max(x, 0)
      case .leakyRelu(let slope): x > 0 ? x : Double(slope) * x
      case .elu(let alpha): x > 0 ? x : Double(alpha) * expm1(x)
      case .selu: 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))
      case .sigmoid: 1 / (1 + exp(-x))
      case .tanh: Reference.tanh(x)
      case .softplus: Reference.softplus(x)
      case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
      case .geluTanh: x * (1 + Reference.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
      case .silu: x / (1 + exp(-x))
      }
    }
  }

  func backward(_ pass: Pass, x: Matrix, y: Matrix, gradient: Matrix, tile: Tile) {
    let reference = function.needsInput ? x : y
    kernels.activationBackward(
      function, reference: reference.pointer(at: tile), ld: reference.ld, dy: gradient.pointer(at: tile),
      lddy: gradient.ld, rows: tile.rows.count, columns: tile.columns.count)
  }
}
