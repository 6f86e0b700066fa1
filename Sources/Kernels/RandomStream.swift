import Glibc
import KernelInterface

/// A stream of random numbers that is a function of a seed, a purpose and an index (an epoch, a layer, …):
/// the blocks Philox4×32-10(counter: (position/4, index, purpose), key: seed). Streams of different
/// purposes or indices are independent.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let seed: UInt64
  private let purpose: UInt32
  private let index: UInt32
  private var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)

  /// How many 32-bit words were drawn so far.
  public private(set) var position: UInt64 = 0

  /// The stream of a seed for one purpose.
  public init(seed: UInt64, purpose: UInt32, index: UInt32 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.index = index
  }

  /// Continues after the first `position` words of the stream.
  public mutating func seek(to position: UInt64) {
    self.position = position
    if position & 3 != 0 { fill() }
  }

  private mutating func fill() {
    let block = position >> 2
    words = philox(
      counter: (
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), index, purpose
      ), key: seed)
  }

  /// 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if position & 3 == 0 { fill() }
    defer { position += 1 }
    return switch position & 3 {
    case 0: words.0
    case 1: words.1
    case 2: words.2
    default: words.3
    }
  }

  /// 64 random bits: two words, low first.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// A multiple of 2⁻²⁴ in [0, 1), from one word.
  public mutating func nextFloat() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// A multiple of 2⁻⁵³ in [0, 1), from two words.
  public mutating func nextDouble() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// An unbiased integer in 0..<bound, for a bound of at least 1 (Lemire, "Fast random integer generation
  /// in an interval", 2019).
  public mutating func nextInt(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let least = (0 &- bound) % bound
      while product.low < least { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// A standard normal number (Box and Muller 1958, the cosine branch), from four words.
  public mutating func nextNormal() -> Double {
    let radius = (-2 * log(1 - nextDouble())).squareRoot()
    return radius * cos(2 * .pi * nextDouble())
  }

  /// A uniformly random order of 0..<count.
  public mutating func permutation(_ count: Int) -> [Int32] {
    var order = [Int32](repeating: 0, count: count)
    permute(&order, count: count)
    return order
  }

  /// Makes the first `count` elements a uniformly random order of 0..<count (Fisher and Yates, Durstenfeld's form).
  public mutating func permute(_ order: inout [Int32], count: Int) {
    for i in 0..<count { order[i] = Int32(truncatingIfNeeded: i) }
    var i = count - 1
    while i > 0 {
      order.swapAt(i, nextInt(below: i + 1))
      i -= 1
    }
  }
}
