#if canImport(Glibc)
  import Glibc
#endif

/// The probabilities of one row: of one choice among classes, or of labels, each yes or no for itself.
struct ProbabilityRow {
  private let areIndependent: Bool

  /// Rows as a task has them.
  init(_ task: Predictions.Task) {
    if case .multiLabel = task { areIndependent = true } else { areIndependent = false }
  }

  /// Logarithms are taken of numbers not below it: the smallest normal single-precision number.
  private static let smallest = Double(Float.leastNormalMagnitude)

  private func logarithm(_ p: Double) -> Double { log(max(p, ProbabilityRow.smallest)) }

  /// −Σ p ln p in nats, with 0 ln 0 = 0; of labels −Σ p ln p + (1 − p) ln(1 − p), the sum of their entropies.
  func entropy(_ p: ArraySlice<Double>) -> Double {
    func part(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
    return p.reduce(0) { $0 + part($1) + (areIndependent ? part(1 - $1) : 0) }
  }

  /// What a member votes for: 1 for the most probable class, of equal ones the first, and for each label above a half.
  func votes(_ p: ArraySlice<Double>) -> [Double] {
    if areIndependent { return p.map { MultiLabelMetrics.isYes($0) ? 1 : 0 } }
    let choice = p.numberOfLargest
    return (0..<p.count).map { $0 == choice ? 1 : 0 }
  }

  /// What a geometric mean is the plain mean of: ln p, and of a label ln p − ln(1 − p).
  func logarithms(_ p: ArraySlice<Double>) -> [Double] {
    p.map { areIndependent ? logarithm($0) - logarithm(1 - $0) : logarithm($0) }
  }

  /// The probabilities of mean logarithms, normalised to a sum of 1: over the classes, or over yes and no of each label.
  func probabilities(ofLogarithms means: ArraySlice<Double>) -> [Double] {
    if areIndependent { return means.map { 1 / (1 + exp(-$0)) } }
    let largest = means.max() ?? 0
    let shares = means.map { exp($0 - largest) }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }
}
