#if canImport(Glibc)
  import Glibc
#endif

/// Student's t distribution, for intervals around a mean of few numbers.
enum StudentT {
  /// The number that a variable of ν degrees of freedom stays below with a probability, for probabilities from ½ to below 1.
  ///
  /// F(t) = 1 − ½ I_{ν/(ν+t²)}(ν/2, ½) for t ≥ 0 (Abramowitz and Stegun 26.7.1) is solved by halving intervals.
  static func quantile(_ probability: Double, degrees: Int) -> Double {
    guard probability > 0.5 else { return 0 }
    var (low, high) = (0.0, 1.0)
    while cumulative(high, degrees) < probability, high < 0x1p500 { (low, high) = (high, 2 * high) }
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return high }
      if cumulative(middle, degrees) < probability { low = middle } else { high = middle }
    }
  }

  /// F(t) for t ≥ 0.
  private static func cumulative(_ t: Double, _ degrees: Int) -> Double {
    let v = Double(degrees)
    return 1 - incompleteBeta(v / (v + t * t), half: degrees) / 2
  }

  /// The regularised incomplete beta function I_x(n/2, ½), by its continued fraction (Abramowitz and Stegun 26.5.8) and
  /// Lentz's method (1976), on the side of x where that converges fast.
  private static func incompleteBeta(_ x: Double, half n: Int) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let (a, b) = (Double(n) / 2, 0.5)
    let front = pow(x, a) * pow(1 - x, b) / completeBeta(half: n)
    return x < (a + 1) / (a + b + 2)
      ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b
  }

  /// B(n/2, ½), by B(a + 1, ½) = B(a, ½) · a / (a + ½) from B(½, ½) = π or B(1, ½) = 2.
  private static func completeBeta(half n: Int) -> Double {
    var (value, a) = n % 2 == 1 ? (Double.pi, 0.5) : (2, 1)
    while 2 * a < Double(n) {
      value *= a / (a + 0.5)
      a += 1
    }
    return value
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let least = 1e-300
    func away(_ value: Double) -> Double { abs(value) < least ? least : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var value = d
    for m in 1...10_000 {
      let k = Double(m)
      for term in [
        k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)),
        -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
      ] {
        d = 1 / away(1 + term * d)
        c = away(1 + term / c)
        value *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return value
  }
}
