// Exponential functions. Ranges are reduced to n·ln 2 + r with |r| <= ln 2 / 2 and e^r is a polynomial
// (Moshier, Cephes library, single precision).

/// Adding 1.5·2²³ rounds to the nearest integer, which is then in the low bits.
private let roundingShift: Float = 12_582_912

/// n = round(x/ln 2) as shifted float, and r = x − n·ln 2.
@inline(__always)
private func reduce(_ x: Lanes) -> (shifted: Lanes, r: Lanes) {
  let shifted = multiplyAdd(Lanes(repeating: roundingShift), x, 1.442_695_040_888_963)
  let n = shifted - Lanes(repeating: roundingShift)
  let r = multiplyAdd(multiplyAdd(x, n, -0.693_359_375), n, 2.121_944_400_546_9e-4)
  return (shifted, r)
}

/// (e^r − 1 − r)/r² for |r| <= ln 2 / 2.
@inline(__always)
private func expPolynomial(_ r: Lanes) -> Lanes {
  var p = Lanes(repeating: 1.987_569_150_0e-4)
  p = multiplyAdd(Lanes(repeating: 1.398_199_950_7e-3), p, r)
  p = multiplyAdd(Lanes(repeating: 8.333_451_907_3e-3), p, r)
  p = multiplyAdd(Lanes(repeating: 4.166_579_589_4e-2), p, r)
  p = multiplyAdd(Lanes(repeating: 1.666_666_545_9e-1), p, r)
  return multiplyAdd(Lanes(repeating: 5.000_000_120_1e-1), p, r)
}

/// 2ⁿ for n from −127 (giving 0) to 127.
@inline(__always)
private func powerOfTwo(_ n: LaneBits) -> Lanes {
  lanes((n &+ LaneBits(repeating: 127)) &<< LaneBits(repeating: 23))
}

/// eˣ, with gradual underflow.
@inline(__always)
func vectorExp(_ x: Lanes) -> Lanes {
  let clamped = smaller(larger(x, Lanes(repeating: -104)), Lanes(repeating: 89))
  let (shifted, r) = reduce(clamped)
  let y = multiplyAdd(r, expPolynomial(r), r * r) + Lanes(repeating: 1)
  let n = bits(shifted) &- bits(Lanes(repeating: roundingShift))
  let half = n &>> LaneBits(repeating: 1)
  return y * powerOfTwo(half) * powerOfTwo(n &- half)
}

/// eˣ for x that is not above 0 (or NaN): results below 2⁻¹²⁶ are 0.
@inline(__always)
func vectorExpNegative(_ x: Lanes) -> Lanes {
  let (shifted, r) = reduce(larger(x, Lanes(repeating: -88)))
  let y = multiplyAdd(r, expPolynomial(r), r * r) + Lanes(repeating: 1)
  return y * powerOfTwo(bits(shifted) &- bits(Lanes(repeating: roundingShift)))
}

/// eˣ − 1, accurate near 0.
@inline(__always)
func vectorExpm1(_ x: Lanes) -> Lanes {
  let clamped = smaller(larger(x, Lanes(repeating: -87)), Lanes(repeating: 89))
  let (shifted, r) = reduce(clamped)
  let p = multiplyAdd(r, expPolynomial(r), r * r)
  let n = bits(shifted) &- bits(Lanes(repeating: roundingShift))
  // 2ⁿ·p + (2ⁿ − 1), halved so that n = 128 is in range.
  let power = powerOfTwo(n &- LaneBits(repeating: 1))
  let half = multiplyAdd(power - Lanes(repeating: 0.5), power, p)
  return half + half
}

/// 1/(1 + e⁻ˣ) where x >= 0, else eˣ/(1 + eˣ).
@inline(__always)
func vectorSigmoid(_ x: Lanes) -> Lanes {
  let e = vectorExpNegative(-magnitude(x))
  let numerator = Lanes(repeating: 1).replacing(with: e, where: x .< Lanes())
  return numerator / (Lanes(repeating: 1) + e)
}

/// The hyperbolic tangent: an odd polynomial up to 0.625, then 1 − 2/(e²ˣ + 1).
@inline(__always)
func vectorTanh(_ x: Lanes) -> Lanes {
  let a = magnitude(x)
  let z = x * x
  var p = Lanes(repeating: -5.704_988_727_45e-3)
  p = multiplyAdd(Lanes(repeating: 2.063_908_879_54e-2), p, z)
  p = multiplyAdd(Lanes(repeating: -5.373_971_555_31e-2), p, z)
  p = multiplyAdd(Lanes(repeating: 1.333_144_220_36e-1), p, z)
  p = multiplyAdd(Lanes(repeating: -3.333_328_194_22e-1), p, z)
  let near = multiplyAdd(x, p * z, x)
  let e = vectorExp(a + a)
  let far = Lanes(repeating: 1) - Lanes(repeating: 2) / (e + Lanes(repeating: 1))
  let signed = lanes(bits(far) | (bits(x) & LaneBits(repeating: Int32.min)))
  return signed.replacing(with: near, where: a .< Lanes(repeating: 0.625))
}

/// The error function (polynomials of N. Juffa): odd up to 0.9277, then 1 − e^−q(|x|).
@inline(__always)
func vectorErf(_ x: Lanes) -> Lanes {
  let t = magnitude(x)
  let s = x * x
  var p = Lanes(repeating: -5.967_617_03e-4)
  p = multiplyAdd(Lanes(repeating: 4.991_194_23e-3), p, s)
  p = multiplyAdd(Lanes(repeating: -2.676_813_49e-2), p, s)
  p = multiplyAdd(Lanes(repeating: 1.128_199_25e-1), p, s)
  p = multiplyAdd(Lanes(repeating: -3.761_253_36e-1), p, s)
  p = multiplyAdd(Lanes(repeating: 1.283_791_66e-1), p, s)
  let near = multiplyAdd(x, p, x)

  // Beyond 4 the result is 1; the polynomials are not meant for more. NaN stays.
  let u = smaller(t, Lanes(repeating: 4))
  let uu = u * u
  let high = multiplyAdd(Lanes(repeating: 3.831_971_26e-4), u, -1.728_534_70e-5)
  let low = multiplyAdd(Lanes(repeating: 2.425_462_19e-2), u, -3.883_964_38e-3)
  var q = multiplyAdd(low, high, uu)
  q = multiplyAdd(Lanes(repeating: -1.067_778_77e-1), q, u)
  q = multiplyAdd(Lanes(repeating: -6.348_466_87e-1), q, u)
  q = multiplyAdd(Lanes(repeating: -1.287_175_12e-1), q, u)
  q = multiplyAdd(-u, q, u)
  let far = Lanes(repeating: 1) - vectorExpNegative(q)
  let signed = lanes(bits(far) | (bits(x) & LaneBits(repeating: Int32.min)))
  return signed.replacing(with: near, where: .!(t .> Lanes(repeating: 0.927_734_375)))
}
