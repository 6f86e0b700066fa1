import struct Kernels.RandomStream

/// Rows from which parts are taken one after the other.
protocol RowPool {
  /// The number of rows left.
  var count: Int { get }
  /// Into how many hands the rows can be dealt.
  var largestDeal: Int { get }
  /// The rows left.
  var rows: [Int] { get }
  /// Deals the rows to `count` hands and takes those of one hand, from 0, out.
  mutating func removeHand(_ hand: Int, of count: Int) -> [Int]
  /// Takes `total` rows off the end, or as near to so many as the pool's kind allows, never more.
  mutating func removeLast(_ total: Int) -> [Int]
  /// Draws as many rows with replacement as there are, and tells those that were never drawn.
  func resample(_ stream: inout RandomStream) -> (drawn: [Int], left: [Int])
}

extension RowPool {
  /// Draws as many of some units, each a list of rows, as there are, with replacement.
  static func resample(_ units: [[Int]], _ stream: inout RandomStream) -> (drawn: [Int], left: [Int]) {
    var isDrawn = [Bool](repeating: false, count: units.count)
    var drawn: [Int] = []
    for _ in units {
      let unit = stream.nextInt(below: units.count)
      isDrawn[unit] = true
      drawn += units[unit]
    }
    return (drawn, units.indices.filter { !isDrawn[$0] }.flatMap { units[$0] })
  }
}
