import struct Kernels.RandomStream
import Tensors

/// How the points of a search are chosen.
public enum Method: Equatable, Sendable {
  /// Every combination of values.
  case grid
  /// So many points at random.
  case random(Int)
  /// So many points of a Sobol sequence.
  case sobol(Int)

  /// The number of trials that is asked for; nil for as many as there are.
  public var count: Int? {
    switch self {
    case .grid: nil
    case .random(let count), .sobol(let count): count
    }
  }

  /// What tells a search's random numbers from all others of a seed.
  private static let purpose: UInt32 = 0x7372_6368  // "srch"

  /// The different trials of a space, numbered from 1. Those of a longer search begin with those of a shorter one.
  func trials(of space: Space, seed: Int) throws(Failure) -> [Trial] {
    let dimensions = space.parameters.count
    switch self {
    case .grid: return try space.grid()
    case .random(let count):
      return space.trials(count) { point in
        var stream = RandomStream(
          seed: UInt64(seed), purpose: Method.purpose, index: UInt32(truncatingIfNeeded: point))
        return (0..<dimensions).map { _ in stream.nextDouble() }
      }
    case .sobol(let count):
      guard dimensions <= SobolSequence.maximumDimensions else {
        throw .usage("--sobol: \(dimensions) parameters; at most \(SobolSequence.maximumDimensions) are taken")
      }
      var stream = RandomStream(seed: UInt64(seed), purpose: Method.purpose)
      let sequence = SobolSequence(shifts: (0..<dimensions).map { _ in stream.nextWord() })
      return space.trials(count) { sequence.point($0) }
    }
  }
}
