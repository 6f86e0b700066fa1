/// Weighted running means and variances of many numbers at once, one member after the other.
///
/// West's update (1979): with W the sum of weights so far, mean += w/W (x − mean), M₂ += w (x − mean_before)(x − mean).
/// The mean of equal numbers is exactly that number.
struct RunningMoments {
  private(set) var means: [Double] = []
  private var squares: [Double] = []
  private let keepsVariances: Bool

  /// Moments of no numbers yet; the variances cost memory only when they are kept.
  init(keepsVariances: Bool = false) { self.keepsVariances = keepsVariances }

  /// Makes room for more numbers, at zero.
  mutating func grow(by count: Int) {
    means.append(contentsOf: repeatElement(0, count: count))
    if keepsVariances { squares.append(contentsOf: repeatElement(0, count: count)) }
  }

  /// Takes a member's numbers `value(i)` for the positions from `start`; `total` is the sum of weights with this one.
  mutating func add(at start: Int, count: Int, weight: Double, total: Double, _ value: (Int) -> Double) {
    guard weight > 0 else { return }
    let share = weight / total
    for i in 0..<count {
      let x = value(i)
      let distance = x - means[start + i]
      means[start + i] += share * distance
      if keepsVariances { squares[start + i] += weight * distance * (x - means[start + i]) }
    }
  }

  /// The variance over the members (divided by the sum of weights, not by one member less).
  func variance(_ i: Int, total: Double) -> Double { total > 0 ? max(0, squares[i] / total) : 0 }
}
