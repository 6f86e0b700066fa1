import Synchronization

/// The tiles of a loop, divided into one run for each thread, from which they are taken at both ends.
final class Shares: @unchecked Sendable {
  /// How many runs there are.
  let count: Int
  /// First tile left (lower 32 bits) and the end of the run (upper), each share in cache lines of its own.
  private let ranges: UnsafeMutablePointer<Atomic<UInt64>>
  private static let spacing = 128 / MemoryLayout<Atomic<UInt64>>.stride

  /// As many runs, all empty.
  init(count: Int) {
    self.count = count
    ranges = .allocate(capacity: count * Shares.spacing)
    for i in 0..<count * Shares.spacing { (ranges + i).initialize(to: Atomic(0)) }
  }

  deinit { ranges.deallocate() }

  /// Fills the runs with the tiles 0..<tiles; nobody may be taking any meanwhile.
  func divide(_ tiles: Int) {
    precondition(tiles <= Int(UInt32.max))
    for i in 0..<count {
      let (start, end) = (UInt64(i * tiles / count), UInt64((i + 1) * tiles / count))
      ranges[i * Shares.spacing].store(end << 32 | start, ordering: .relaxed)
    }
  }

  /// The first tile left of a run, for its owner.
  func takeFirst(of share: Int) -> Int? {
    take(share, { $0 + 1 }) { start, _ in start }
  }

  /// The last tile left of a run, for those who are done with their own.
  func takeLast(of share: Int) -> Int? {
    take(share, { $0 - (1 << 32) }) { _, end in end - 1 }
  }

  @inline(__always)
  private func take(_ share: Int, _ rest: (UInt64) -> UInt64, _ tile: (_ start: Int, _ end: Int) -> Int) -> Int? {
    var range = ranges[share * Shares.spacing].load(ordering: .relaxed)
    while true {
      let (start, end) = (Int(range & 0xFFFF_FFFF), Int(range >> 32))
      if start >= end { return nil }
      let (taken, now) = ranges[share * Shares.spacing].weakCompareExchange(
        expected: range, desired: rest(range), ordering: .relaxed)
      if taken { return tile(start, end) }
      range = now
    }
  }
}
