import struct Kernels.RandomStream

/// Rows by class, so that each part gets its share of every class.
struct Strata: RowPool {
  /// The rows of each class, classes in the order of their ids, rows in the order of the whole.
  var classes: [[Int]]

  /// The strata of rows whose class ids are known; one stratum otherwise.
  init(order: [Int], labels: [Int]?) {
    guard let labels else {
      classes = [order]
      return
    }
    var byClass: [Int: [Int]] = [:]
    for row in order { byClass[labels[row], default: []].append(row) }
    classes = byClass.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The number of rows.
  var count: Int { classes.reduce(0) { $0 + $1.count } }

  var largestDeal: Int { count }
  var rows: [Int] { classes.flatMap(\.self) }

  /// Draws with replacement from each stratum as many rows as it has.
  func resample(_ stream: inout RandomStream) -> (drawn: [Int], left: [Int]) {
    var (drawn, left): ([Int], [Int]) = ([], [])
    for rows in classes {
      let part = Self.resample(rows.map { [$0] }, &stream)
      drawn += part.drawn
      left += part.left
    }
    return (drawn, left)
  }

  /// Takes `total` rows off the end of the strata, of each as many as its share says, and returns them.
  mutating func removeLast(_ total: Int) -> [Int] {
    var taken: [Int] = []
    let counts = Strata.allocate(total, over: classes.map(\.count))
    for (i, count) in counts.enumerated() {
      taken += classes[i].suffix(count)
      classes[i].removeLast(count)
    }
    return taken
  }

  /// Keeps the first `total` rows, of each stratum as many as its share says.
  mutating func keepFirst(_ total: Int) {
    let counts = Strata.allocate(total, over: classes.map(\.count))
    for (i, count) in counts.enumerated() { classes[i].removeLast(classes[i].count - count) }
  }

  /// Deals the rows to `count` hands as cards are dealt, one to each in turn, class after class, and takes those of
  /// one hand out. The hands differ by at most one row in each class, and by at most one in all.
  mutating func removeHand(_ hand: Int, of count: Int) -> [Int] {
    var taken: [Int] = []
    var turn = 0
    for i in classes.indices {
      classes[i] = classes[i].filter { row in
        defer { turn = turn + 1 == count ? 0 : turn + 1 }
        if turn == hand { taken.append(row) }
        return turn != hand
      }
    }
    return taken
  }

  /// Divides `total` in proportion to `sizes` by the method of the largest remainder (Hamilton's): each gets the whole
  /// part of total · size / Σ sizes, and what is left goes to the largest fractions, the first of equal ones first.
  ///
  /// `total` is at most Σ sizes; then no result is above its size, and they add up to `total`.
  static func allocate(_ total: Int, over sizes: [Int]) -> [Int] {
    let all = sizes.reduce(0, +)
    guard all > 0 else { return sizes.map { _ in 0 } }
    var counts: [Int] = []
    var remainders: [(index: Int, value: Int)] = []
    for (i, size) in sizes.enumerated() {
      let (quotient, remainder) = all.dividingFullWidth(total.multipliedFullWidth(by: size))
      counts.append(quotient)
      remainders.append((i, remainder))
    }
    remainders.sort { ($1.value, $0.index) < ($0.value, $1.index) }
    for (i, _) in remainders.prefix(total - counts.reduce(0, +)) { counts[i] += 1 }
    return counts
  }
}
