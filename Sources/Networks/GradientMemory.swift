import Kernels

/// Which gradients of images can lie in the same memory, one after the other.
///
/// A backward pass goes through the executor's chains of stages from the last to the first. The gradient of a layer's output
/// is made when one chain is worked on, and has had its use with another one further down: between them others must not be
/// where it is. Layers one after the other take three places in turn at most, which stay in the cache; PyTorch frees and
/// allocates instead.
struct GradientMemory {
  /// The chains between which a gradient is in use, and its size.
  struct Use {
    var columns: Int
    /// The chain that makes it.
    var first: Int
    /// The chain after which it is not needed.
    var last: Int
    /// Whether it may share memory: rows of other layers have zeros behind their values.
    var isOfImages: Bool
  }

  private(set) var uses: [Use] = []

  /// Notes a gradient, and returns its number.
  mutating func add(_ use: Use) -> Int {
    uses.append(use)
    return uses.count - 1
  }

  /// Notes that a gradient is in use for longer.
  mutating func extend(_ number: Int, first: Int, last: Int) {
    uses[number].first = max(uses[number].first, first)
    uses[number].last = min(uses[number].last, last)
  }

  /// Matrices for all of them.
  func matrices(capacity: Int) -> [Matrix] {
    // For each gradient its place; for each place when it is free again, and the columns it has room for.
    var places: [(free: Int, columns: Int)] = []
    var placeOf = [Int](repeating: -1, count: uses.count)
    for number in uses.indices.sorted(by: { (uses[$0].first, $0) > (uses[$1].first, $1) }) where uses[number].isOfImages
    {
      let use = uses[number]
      let place = places.firstIndex { $0.free > use.first } ?? places.count
      if place == places.count { places.append((use.last, use.columns)) }
      places[place] = (use.last, max(places[place].columns, use.columns))
      placeOf[number] = place
    }
    let buffers = places.map { AlignedBuffer<Float>(count: max(1, capacity) * paddedWidth($0.columns)) }
    return uses.indices.map { number in
      placeOf[number] < 0
        ? Matrix(capacity: capacity, columns: uses[number].columns)
        : Matrix(capacity: capacity, columns: uses[number].columns, in: buffers[placeOf[number]])
    }
  }
}
