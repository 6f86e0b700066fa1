import KernelInterface

extension Level {
  /// See `ActivationLevel`.
  public static func activationForward(
    _ f: Activation, z: UnsafePointer<Float>, ldz: Int, y: UnsafeMutablePointer<Float>, ldy: Int,
    rows: Int, columns: Int
  ) {
    @inline(__always)
    func each(_ f: (Lanes) -> Lanes) {
      for r in 0..<rows {
        let from = z + r * ldz
        let to = y + r * ldy
        var c = 0
        while c < columns {
          store(f(load(from + c)), to + c)
          c += Lanes.scalarCount
        }
      }
    }
    switch f {
    case .relu: each { larger($0, Lanes()) }
    case .leakyRelu(let slope): each { $0.replacing(with: $0 * slope, where: .!($0 .> Lanes())) }
    case .elu(let alpha):
      each { $0.replacing(with: vectorExpm1(smaller($0, Lanes())) * alpha, where: .!($0 .> Lanes())) }
    case .selu:
      each {
        let negative = vectorExpm1(smaller($0, Lanes())) * (seluScale * seluAlpha)
        return ($0 * seluScale).replacing(with: negative, where: .!($0 .> Lanes()))
      }
    case .sigmoid: each { vectorSigmoid($0) }
    case .tanh: each { vectorTanh($0) }
    case .softplus: each { vectorSoftplus($0) }
    case .gelu: each { $0 * normalDistribution($0) }
    case .geluTanh: each { $0 * (Lanes(repeating: 1) + vectorTanh(geluArgument($0))) * 0.5 }
    case .silu: each { $0 * vectorSigmoid($0) }
    }
  }

  /// See `ActivationLevel`.
  public static func activationBackward(
    _ f: Activation, reference: UnsafePointer<Float>, ld: Int, dy: UnsafeMutablePointer<Float>, lddy: Int,
    rows: Int, columns: Int
  ) {
    @inline(__always)
    func each(_ g: (_ reference: Lanes, _ dy: Lanes) -> Lanes) {
      for r in 0..<rows {
        let from = reference + r * ld
        let to = dy + r * lddy
        var c = 0
        while c < columns {
          var result = g(load(from + c), load(to + c))
          if c + Lanes.scalarCount > columns { result = keepFirst(columns - c, result) }
          store(result, to + c)
          c += Lanes.scalarCount
        }
      }
    }
    let one = Lanes(repeating: 1)
    switch f {
    case .relu: each { y, dy in dy.replacing(with: 0, where: .!(y .> Lanes())) }
    case .leakyRelu(let slope):
      each { y, dy in dy.replacing(with: dy * slope, where: .!(y .> Lanes())) }
    case .elu(let alpha): each { y, dy in dy.replacing(with: dy * (y + alpha), where: .!(y .> Lanes())) }
    case .selu:
      each { y, dy in
        (dy * seluScale).replacing(with: dy * (y + seluScale * seluAlpha), where: .!(y .> Lanes()))
      }
    case .sigmoid: each { y, dy in dy * (y * (one - y)) }
    case .tanh: each { y, dy in dy * (one - y * y) }
    case .softplus: each { z, dy in dy * vectorSigmoid(z) }
    case .gelu:
      each { z, dy in
        let density = vectorExpNegative(z * z * -0.5) * 0.398_942_280_401_432_7
        return dy * multiplyAdd(normalDistribution(z), z, density)
      }
    case .geluTanh:
      each { z, dy in
        let t = vectorTanh(geluArgument(z))
        let slope = multiplyAdd(Lanes(repeating: geluFactor), z * z, 3 * 0.044_715 * geluFactor)
        return dy * (one + t + z * (one - t * t) * slope) * 0.5
      }
    case .silu:
      each { z, dy in
        let s = vectorSigmoid(z)
        return dy * multiplyAdd(s, s * (one - s), z)
      }
    }
  }

  /// See `ActivationLevel`.
  public static func map(
    _ g: ElementFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    @inline(__always)
    func each(_ g: (Lanes) -> Lanes) {
      var i = 0
      while i < count {
        let whole = i + Lanes.scalarCount <= count
        let result = g(whole ? load(x + i) : loadFirst(count - i, x + i))
        if whole { store(result, y + i) } else { storeFirst(count - i, result, y + i) }
        i += Lanes.scalarCount
      }
    }
    switch g {
    case .exp: each { vectorExp($0) }
    case .expm1: each { vectorExpm1($0) }
    case .log: each { vectorLog($0) }
    case .log1p: each { vectorLog1p($0) }
    case .tanh: each { vectorTanh($0) }
    case .sigmoid: each { vectorSigmoid($0) }
    case .erf: each { vectorErf($0) }
    }
  }
}

private let seluScale: Float = 1.050_700_987_355_480_5
private let seluAlpha: Float = 1.673_263_242_354_377_3

/// Φ(z) = (1 + erf(z/√2))/2, the distribution function of the standard normal.
@inline(__always)
private func normalDistribution(_ z: Lanes) -> Lanes {
  (Lanes(repeating: 1) + vectorErf(z * 0.707_106_781_186_547_5)) * 0.5
}

/// √(2/π)
private let geluFactor: Float = 0.797_884_560_802_865_4

/// √(2/π)·(z + 0.044715·z³)
@inline(__always)
private func geluArgument(_ z: Lanes) -> Lanes {
  multiplyAdd(z, z * z * z, 0.044_715) * geluFactor
}
