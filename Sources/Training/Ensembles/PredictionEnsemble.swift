#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// One prediction of several members' predictions, each member a segment of the input.
///
/// Members are taken one after the other into running sums, so memory is that of one prediction (in double precision)
/// whatever the number of members. The result has the frames of the first member.
///
/// Besides the combined `p` or `output`, more than one member gives, with w_m the normalised weights:
/// - `std` [n, C]: √(Σ w_m (σ_m² + (p_m − p̄)²)), the spread over the members about their mean p̄, with σ_m the `std`
///   that a member brings along (a Monte-Carlo prediction);
/// - `entropy` [n]: −Σ_c p[c] ln p[c] of the combined probabilities, in nats;
/// - `mutual_information` [n]: H(p̄) − Σ w_m (H(p_m) − I_m), what the members disagree about (Gal 2016), with I_m the
///   `mutual_information` that a member brings along.
public struct PredictionEnsemble {
  private let combination: Combination
  private let weights: MemberWeights
  /// Members that are complete.
  public private(set) var members = 0

  private var agreement = MemberAgreement()
  private var total = 0.0
  /// Means and variances of the members' numbers.
  private var moments = RunningMoments(keepsVariances: true)
  /// Means of what is combined otherwise: logarithms or votes.
  private var combined = RunningMoments()
  /// Means of σ², and of H − I.
  private var ownVariance = RunningMoments()
  private var expectedEntropy = RunningMoments()

  /// Logarithms are taken of numbers not below it: the smallest normal single-precision number.
  private static let smallest = Double(Float.leastNormalMagnitude)

  /// An ensemble without members.
  public init(_ combination: Combination = .mean, weights: MemberWeights = MemberWeights()) {
    self.combination = combination
    self.weights = weights
  }

  /// Adds the next frame of the input; a last frame completes its member.
  ///
  /// - Throws: an input failure that names the member when it does not agree with the first in rows, columns, classes
  ///   or truth.
  public mutating func add(_ frame: Frame) throws(Failure) {
    if frame.kind == .model {
      throw .input("\(frame.place): holds a model where predictions are due; --models averages models")
    }
    let predictions = try Predictions(frame)
    if case .regression = predictions.task, combination != .mean {
      throw .usage("--geometric and --vote are for probabilities; \(frame.place) holds values")
    }
    let weight = try weights.weight(of: members, at: frame.place)
    let start = try agreement.check(frame, predictions, isFirst: members == 0)
    if members == 0 { grow(predictions) }
    try accumulate(predictions, frame, start: start, weight: weight)
    guard frame.isLast else { return }
    try agreement.endMember(frame.place)
    total += weight
    members += 1
  }

  private mutating func grow(_ predictions: Predictions) {
    moments.grow(by: predictions.values.count)
    ownVariance.grow(by: predictions.values.count)
    if combination != .mean { combined.grow(by: predictions.values.count) }
    if predictions.isOfClasses { expectedEntropy.grow(by: predictions.rows) }
  }

  private mutating func accumulate(
    _ predictions: Predictions, _ frame: Frame, start row: Int, weight: Double
  ) throws(Failure) {
    let values = predictions.values
    let columns = predictions.columns
    let start = row * columns
    let total = total + weight
    moments.add(at: start, count: values.count, weight: weight, total: total) { values[$0] }
    switch combination {
    case .mean: break
    case .geometric:
      combined.add(at: start, count: values.count, weight: weight, total: total) {
        log(max(values[$0], PredictionEnsemble.smallest))
      }
    case .vote:
      let choices = (0..<predictions.rows).map { choice(values[$0 * columns..<($0 + 1) * columns]) }
      combined.add(at: start, count: values.count, weight: weight, total: total) {
        choices[$0 / columns] == $0 % columns ? 1 : 0
      }
    }
    if let deviations = try companion("std", of: frame, predictions) {
      // A single stored column of a two-class prediction stands for both.
      let repeats = predictions.isBinary ? 2 : 1
      ownVariance.add(at: start, count: values.count, weight: weight, total: total) {
        deviations[$0 / repeats] * deviations[$0 / repeats]
      }
    } else {
      ownVariance.add(at: start, count: values.count, weight: weight, total: total) { _ in 0 }
    }
    guard predictions.isOfClasses else { return }
    let information = try companion("mutual_information", of: frame, predictions)
    expectedEntropy.add(at: row, count: predictions.rows, weight: weight, total: total) {
      entropy(values[$0 * columns..<($0 + 1) * columns]) - (information?[$0] ?? 0)
    }
  }

  /// A tensor that a Monte-Carlo prediction brings along, checked.
  private func companion(
    _ name: String, of frame: Frame, _ predictions: Predictions
  ) throws(Failure) -> [Double]? {
    guard let tensor = frame.tensors[name] else { return nil }
    let shape = name == "std" ? [predictions.rows, predictions.storedColumns] : [predictions.rows]
    guard tensor.shape == shape else {
      throw .input("\(frame.place): '\(name)' has shape \(tensor.shape) where \(shape) is due")
    }
    let values = tensor.doubles
    guard values.allSatisfy(\.isFinite) else { throw .input("\(frame.place): '\(name)' holds nan or infinity") }
    return values
  }

  // MARK: The result

  /// Gives the frames of the result to `write`.
  ///
  /// - Throws: a usage failure when there are more weights than members.
  public func finish(_ write: (Frame) throws(Failure) -> Void) throws(Failure) {
    try weights.check(members: members)
    guard total > 0 else { throw .usage("--weights: all members that came have weight 0") }
    var row = 0
    for kept in agreement.frames {
      try write(result(kept.frame, rows: row..<row + kept.rows))
      row += kept.rows
    }
  }

  private func result(_ kept: Frame, rows: Range<Int>) -> Frame {
    var frame = kept
    frame.kind = .prediction
    guard let task = agreement.task else { return frame }
    let columns = task.columns
    let range = rows.lowerBound * columns..<rows.upperBound * columns
    let isMany = members > 1
    switch task {
    case .regression:
      frame.tensors["output"] = PredictionEnsemble.tensor(moments.means[range], columns)
      if isMany { frame.tensors["std"] = PredictionEnsemble.tensor(range.map(deviation), columns) }
    case .classification(_, let isBinary):
      let p = combinedProbabilities(range, columns)
      frame.tensors["p"] = PredictionEnsemble.tensor(p, columns, keepsSecondOnly: isBinary)
      guard isMany else { break }
      frame.tensors["std"] = PredictionEnsemble.tensor(range.map(deviation), columns, keepsSecondOnly: isBinary)
      let ofCombined = rows.indices.map { i -> Double in
        let at = (i - rows.lowerBound) * columns
        return entropy(p[at..<at + columns])
      }
      let information = rows.map { i in
        max(0, entropy(moments.means[i * columns..<(i + 1) * columns]) - expectedEntropy.means[i])
      }
      frame.tensors["entropy"] = Tensor(ofCombined.map { Float($0) }, shape: [rows.count])
      frame.tensors["mutual_information"] = Tensor(information.map { Float($0) }, shape: [rows.count])
    }
    return frame
  }

  private func deviation(_ i: Int) -> Double {
    (moments.variance(i, total: total) + ownVariance.means[i]).squareRoot()
  }

  private func combinedProbabilities(_ range: Range<Int>, _ columns: Int) -> [Double] {
    switch combination {
    case .mean: return Array(moments.means[range])
    case .vote: return Array(combined.means[range])
    case .geometric:
      var p = Array(combined.means[range])
      for start in stride(from: 0, to: p.count, by: columns) {
        let row = start..<start + columns
        let largest = p[row].max() ?? 0
        for i in row { p[i] = exp(p[i] - largest) }
        let sum = p[row].reduce(0, +)
        for i in row { p[i] /= sum }
      }
      return p
    }
  }

  private static func tensor(
    _ values: some Collection<Double>, _ columns: Int, keepsSecondOnly: Bool = false
  ) -> Tensor {
    let floats = values.map { Float($0) }
    guard keepsSecondOnly else { return Tensor(floats, shape: [columns == 0 ? 0 : floats.count / columns, columns]) }
    let second = stride(from: 1, to: floats.count, by: 2).map { floats[$0] }
    return Tensor(second, shape: [second.count, 1])
  }
}

/// −Σ p ln p in nats, with 0 ln 0 = 0.
private func entropy(_ p: ArraySlice<Double>) -> Double {
  p.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
}

/// The position of the largest number within its row, of equal ones the first.
private func choice(_ p: ArraySlice<Double>) -> Int {
  var best = p.startIndex
  for i in p.indices where p[i] > p[best] { best = i }
  return best - p.startIndex
}
