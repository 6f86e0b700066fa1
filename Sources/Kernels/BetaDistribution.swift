import Glibc
import KernelInterface

extension RandomStream {
  /// A number from the Beta distribution with both parameters `alpha`, above 0: A/(A + B) for two independent numbers
  /// from the gamma distribution of that shape. The quotient is taken of logarithms, since for a small shape both
  /// underflow.
  public mutating func nextBeta(_ alpha: Double) -> Double {
    // Below, logarithms of gamma variables leave the range of numbers, and the result is 0 or 1 anyway.
    let shape = max(alpha, 1e-300)
    let a = nextLogGamma(shape)
    let b = nextLogGamma(shape)
    return 1 / (1 + exp(b - a))
  }

  /// The logarithm of a number from the gamma distribution of a shape above 0 (Marsaglia and Tsang, "A simple method for
  /// generating gamma variables", 2000; for a shape below 1, that of shape + 1 times a uniform number to the power of
  /// 1/shape).
  private mutating func nextLogGamma(_ shape: Double) -> Double {
    guard shape >= 1 else { return nextLogGamma(shape + 1) + log(1 - nextDouble()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = nextNormal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - nextDouble()) < x * x / 2 + d - d * v + d * log(v) { return log(d * v) }
    }
  }
}
