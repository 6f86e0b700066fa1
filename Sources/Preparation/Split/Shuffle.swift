import struct Kernels.RandomStream
import Tensors

/// Random orders of rows.
enum Shuffle {
  /// The purpose that tells this stream of random numbers from all others of a seed.
  static let purpose: UInt32 = 0x7370_6c74  // "splt"

  /// A random order of 0..<count, a function of the seed and the count.
  static func permutation(of count: Int, seed: Int) -> [Int] {
    var stream = RandomStream(seed: UInt64(seed), purpose: purpose)
    return stream.permutation(count).map(Int.init)
  }
}
