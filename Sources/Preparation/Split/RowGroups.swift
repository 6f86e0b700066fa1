import struct Kernels.RandomStream

/// Rows in groups that must not be parted, such as the pictures of one patient: a model is judged by groups it never saw.
struct RowGroups: RowPool {
  /// The rows of each group, in the order of the whole.
  private(set) var groups: [[Int]]
  /// The class of each row, from 0; nil where classes are not looked at.
  private let labels: [Int]?
  private let classes: Int

  /// Groups of rows, in the order of their ids, or of their first rows.
  ///
  /// - Parameters:
  ///   - order: the rows.
  ///   - ids: the group of each row of the data.
  ///   - labels: the class of each row of the data.
  ///   - isShuffled: whether the order is random; then so is that of the groups.
  init(order: [Int], ids: [Int], labels: [Int]?, isShuffled: Bool) {
    var places: [Int: Int] = [:]
    var groups: [(id: Int, rows: [Int])] = []
    for row in order {
      if let place = places[ids[row]] {
        groups[place].rows.append(row)
      } else {
        places[ids[row]] = groups.count
        groups.append((ids[row], [row]))
      }
    }
    if !isShuffled { groups.sort { $0.id < $1.id } }
    self.groups = groups.map(\.rows)
    let known = Set(order.map { labels?[$0] ?? 0 }).sorted()
    let numbers = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
    self.labels = labels.map { labels in labels.map { numbers[$0] ?? 0 } }
    classes = max(known.count, 1)
  }

  var count: Int { groups.reduce(0) { $0 + $1.count } }
  var largestDeal: Int { groups.count }
  var rows: [Int] { groups.flatMap(\.self) }

  mutating func removeHand(_ hand: Int, of count: Int) -> [Int] {
    let hands = deal(count)
    let taken = groups.indices.filter { hands[$0] == hand }.flatMap { groups[$0] }
    groups = groups.indices.filter { hands[$0] != hand }.map { groups[$0] }
    return taken
  }

  /// Takes groups off the end, each that still fits.
  mutating func removeLast(_ total: Int) -> [Int] {
    var taken: [Int] = []
    for i in groups.indices.reversed() where taken.count + groups[i].count <= total {
      taken += groups.remove(at: i)
    }
    return taken
  }

  /// Draws whole groups.
  func resample(_ stream: inout RandomStream) -> (drawn: [Int], left: [Int]) { Self.resample(groups, &stream) }

  /// The hand, from 0, of each group.
  ///
  /// With classes it is scikit-learn's StratifiedGroupKFold: groups in which classes are most unequal (by the standard
  /// deviation of their numbers) come first, and each goes to the hand that makes the shares of the classes most alike:
  /// the mean over the classes of the standard deviation over the hands is least; of equal hands to that of fewest rows.
  /// Without, it is its GroupKFold: the largest group first, each to the hand of fewest rows.
  func deal(_ count: Int) -> [Int] {
    let numbers = groups.map { rows in
      var numbers = [Double](repeating: 0, count: classes)
      for row in rows { numbers[labels?[row] ?? 0] += 1 }
      return numbers
    }
    let spreads = numbers.map { labels == nil ? $0[0] : RowGroups.deviation($0) }
    let order = groups.indices.sorted { (-spreads[$0], $0) < (-spreads[$1], $1) }
    var totals = [Double](repeating: 0, count: classes)
    for group in numbers { for c in 0..<classes { totals[c] += group[c] } }
    var hands = [[Double]](repeating: [Double](repeating: 0, count: classes), count: count)
    var result = [Int](repeating: 0, count: groups.count)
    for group in order {
      var best: (hand: Int, spread: Double, rows: Double)?
      for hand in 0..<count {
        let rows = hands[hand].reduce(0, +)
        let spread =
          labels == nil ? 0 : RowGroups.spread(hands, adding: numbers[group], to: hand, totals: totals)
        if let best {
          // numpy.isclose, as scikit-learn compares.
          let isClose = abs(spread - best.spread) <= 1e-8 + 1e-5 * abs(best.spread)
          guard spread < best.spread || isClose && rows < best.rows else { continue }
        }
        best = (hand, spread, rows)
      }
      result[group] = best?.hand ?? 0
      for c in 0..<classes { hands[result[group]][c] += numbers[group][c] }
    }
    return result
  }

  /// The mean over the classes of the standard deviation over the hands of their shares of a class.
  private static func spread(
    _ hands: [[Double]], adding numbers: [Double], to hand: Int, totals: [Double]
  ) -> Double {
    let deviations = totals.indices.map { c in
      deviation(hands.indices.map { (hands[$0][c] + ($0 == hand ? numbers[c] : 0)) / totals[c] })
    }
    return deviations.reduce(0, +) / Double(totals.count)
  }

  /// The standard deviation of some numbers, by their count.
  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }
}
