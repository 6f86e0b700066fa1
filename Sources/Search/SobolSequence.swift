/// A Sobol sequence: points that fill the unit cube more evenly than random ones (Sobol' 1967), in the order of Gray's code
/// (Antonov and Saleev 1979), shifted at random.
///
/// Coordinate j of point n is the exclusive or of the direction numbers v_{j,k} over the bits k of n ⊕ (n >> 1), and of a
/// random number for each coordinate (a digital shift, which keeps how even the points lie, and takes the first one away
/// from the corner).
struct SobolSequence: Sendable {
  /// The first coordinate is van der Corput's sequence; the others have a row of the table each.
  static let maximumDimensions = SobolDirections.table.count + 1

  private let directions: [[UInt32]]
  private let shifts: [UInt32]

  /// A sequence of as many coordinates as there are shifts, at most `maximumDimensions`.
  init(shifts: [UInt32]) {
    self.shifts = shifts
    directions = shifts.indices.map(SobolSequence.directions)
  }

  /// Point n, from 0, coordinates being multiples of 2⁻³² in [0, 1).
  func point(_ n: Int) -> [Double] {
    let gray = UInt32(truncatingIfNeeded: n ^ (n >> 1))
    return zip(directions, shifts).map { numbers, shift in
      var bits = shift
      for k in 0..<32 where gray >> UInt32(k) & 1 == 1 { bits ^= numbers[k] }
      return Double(bits) * 0x1p-32
    }
  }

  /// v_k = m_k · 2^(31 − k), with m_k of the table for k below the degree s, and after that
  /// m_k = 2 a_1 m_(k−1) ⊕ 2² a_2 m_(k−2) ⊕ … ⊕ 2^s m_(k−s) ⊕ m_(k−s) (Bratley and Fox 1988).
  private static func directions(_ dimension: Int) -> [UInt32] {
    guard dimension > 0 else { return (0..<32).map { 1 << UInt32(31 - $0) } }
    let (coefficients, first) = SobolDirections.table[dimension - 1]
    let degree = first.count
    var v = first.enumerated().map { k, m in m << UInt32(31 - k) }
    for k in degree..<32 {
      var number = v[k - degree] ^ (v[k - degree] >> UInt32(degree))
      for i in 1..<max(degree, 1) where coefficients >> UInt32(degree - 1 - i) & 1 == 1 { number ^= v[k - i] }
      v.append(number)
    }
    return v
  }
}
