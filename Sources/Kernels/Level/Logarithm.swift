// Logarithms: x = 2ᵉ·m with m from √½ to √2, and log m is a polynomial in m − 1 (Moshier, Cephes
// library, single precision).

/// e·ln 2 + log(1 + f)
@inline(__always)
private func logOfParts(_ f: Lanes, _ e: Lanes) -> Lanes {
  let z = f * f
  var p = Lanes(repeating: 7.037_683_629_2e-2)
  p = multiplyAdd(Lanes(repeating: -1.151_461_031_0e-1), p, f)
  p = multiplyAdd(Lanes(repeating: 1.167_699_874_0e-1), p, f)
  p = multiplyAdd(Lanes(repeating: -1.242_014_084_6e-1), p, f)
  p = multiplyAdd(Lanes(repeating: 1.424_932_278_7e-1), p, f)
  p = multiplyAdd(Lanes(repeating: -1.666_805_766_5e-1), p, f)
  p = multiplyAdd(Lanes(repeating: 2.000_071_476_5e-1), p, f)
  p = multiplyAdd(Lanes(repeating: -2.499_999_399_3e-1), p, f)
  p = multiplyAdd(Lanes(repeating: 3.333_333_117_4e-1), p, f)
  var y = f * z * p
  y = multiplyAdd(y, e, -2.121_944_400_546_9e-4)
  y = multiplyAdd(y, z, -0.5)
  return multiplyAdd(f + y, e, 0.693_359_375)
}

/// Small integers as floats: 1.5·2²³ holds them in its low bits. (The converting initializer is a generic
/// function, of which AVX-512 code keeps a specialization of its own.)
@inline(__always)
private func float(_ n: LaneBits) -> Lanes {
  let shift = Lanes(repeating: 12_582_912)
  return lanes(n &+ bits(shift)) - shift
}

/// The natural logarithm: −∞ at 0, NaN below.
@inline(__always)
func vectorLog(_ x: Lanes) -> Lanes {
  let subnormal = x .< Lanes(repeating: Float.leastNormalMagnitude)
  let scaled = x.replacing(with: x * Lanes(repeating: 8_388_608), where: subnormal)
  let offset = LaneBits(repeating: 0).replacing(with: -23, where: subnormal)
  let e = (bits(scaled) &- LaneBits(repeating: 0x3F35_04F3)) &>> LaneBits(repeating: 23)
  let m = lanes(bits(scaled) &- (e &<< LaneBits(repeating: 23)))
  let y = logOfParts(m - Lanes(repeating: 1), float(e &+ offset))
  return y.replacing(with: x, where: .!(x .< Lanes(repeating: .infinity)))
    .replacing(with: .nan, where: x .< Lanes())
    .replacing(with: -.infinity, where: x .== Lanes())
}

/// log(1 + x) for x from 0 to 1; NaN stays.
@inline(__always)
func vectorLog1p(_ x: Lanes) -> Lanes {
  let upper = x .> Lanes(repeating: 0.414_213_56)
  let f = x.replacing(with: (x - Lanes(repeating: 1)) * Lanes(repeating: 0.5), where: upper)
  return logOfParts(f, Lanes().replacing(with: 1, where: upper))
}

/// log(1 − x), exact near 0: −∞ at 1, NaN above.
@inline(__always)
func vectorLogComplement(_ x: Lanes) -> Lanes {
  let isNear = magnitude(x) .< Lanes(repeating: 0.29)
  return vectorLog(Lanes(repeating: 1) - x).replacing(with: logOfParts(-x, Lanes()), where: isNear)
}

/// log(1 + eˣ)
@inline(__always)
func vectorSoftplus(_ x: Lanes) -> Lanes {
  larger(x, Lanes()) + vectorLog1p(vectorExpNegative(-magnitude(x)))
}
