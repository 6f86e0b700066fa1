/// An activation function f, applied element by element to the pre-activation z.
public enum Activation: Equatable, Sendable {
  /// max(z, 0)
  case relu
  /// z if z > 0, else slope·z
  case leakyRelu(slope: Float)
  /// z if z > 0, else alpha·(eᶻ − 1) (Clevert et al. 2016)
  case elu(alpha: Float)
  /// 1.0507·(z if z > 0, else 1.6733·(eᶻ − 1)) (Klambauer et al. 2017)
  case selu
  /// 1 / (1 + e⁻ᶻ)
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// log(1 + eᶻ)
  case softplus
  /// z·Φ(z) = z·(1 + erf(z/√2))/2, exact (Hendrycks and Gimpel 2016)
  case gelu
  /// z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))/2, the approximation of gelu (PyTorch's approximate='tanh')
  case geluTanh
  /// z·sigmoid(z), also called swish (Elfwing et al. 2018)
  case silu

  /// Whether the derivative is computed from the pre-activation z (true) or from the output y (false).
  @inlinable
  public var needsInput: Bool {
    switch self {
    case .gelu, .geluTanh, .silu, .softplus: true
    default: false
    }
  }
}

/// Activations and the vector functions they are made of.
public protocol ActivationLevel {
  /// y[r, c] = f(z[r, c]) on a tile [rows, columns]; y may be z.
  ///
  /// The pointers name the tile's first element, at a column that is a multiple of 16; the last
  /// columns are rounded up to 16 lanes.
  static func activationForward(
    _ f: Activation, z: UnsafePointer<Float>, ldz: Int, y: UnsafeMutablePointer<Float>, ldy: Int,
    rows: Int, columns: Int)

  /// dy[r, c] *= f′, on a tile [rows, columns], in place; padding lanes of dy become zero.
  ///
  /// `reference` is z where `f.needsInput`, else the output y (for elu and leakyRelu that asks for a
  /// parameter that is not negative).
  static func activationBackward(
    _ f: Activation, reference: UnsafePointer<Float>, ld: Int, dy: UnsafeMutablePointer<Float>, lddy: Int,
    rows: Int, columns: Int)

  /// y[i] = g(x[i]) for i < count; y may be x. Within 2 ulp of the exact value, sigmoid within 2.5 (results below the
  /// smallest normal number may be flushed to zero).
  static func map(
    _ g: ElementFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int)
}

/// An elementary function that a level offers on vectors.
public enum ElementFunction: CaseIterable, Sendable {
  /// eˣ
  case exp
  /// eˣ − 1
  case expm1
  /// The natural logarithm.
  case log
  /// log(1 + x), for x from 0 to 1
  case log1p
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// The error function.
  case erf
}
