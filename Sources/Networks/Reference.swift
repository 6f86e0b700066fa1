#if canImport(Glibc)
  import Glibc
#endif

/// Formulas in Float64 that several references of layers and losses are made of.
enum Reference {
  /// log Σ e^z, without overflow.
  static func logSumExp(_ z: [Double]) -> Double {
    let largest = z.max() ?? 0
    return largest + log(z.reduce(0) { $0 + exp($1 - largest) })
  }

  /// log(1 + e^z), without overflow.
  static func softplus(_ z: Double) -> Double { max(z, 0) + log1p(exp(-abs(z))) }

  /// The hyperbolic tangent, under a name that layers may use beside `Activation.tanh`.
  static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
}
