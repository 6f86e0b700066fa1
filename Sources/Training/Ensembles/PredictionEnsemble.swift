import Tensors

/// One prediction of several members' predictions, each member a segment of the input.
///
/// Members are taken one after the other into running sums, so memory is that of one prediction (in double precision)
/// whatever the number of members. The result has the frames of the first member.
///
/// Besides the combined `p` or `output`, more than one member gives, with w_m the normalised weights:
/// - `std` [n, C]: √(Σ w_m (σ_m² + (p_m − p̄)²)), the spread over the members about their mean p̄, with σ_m the `std`
///   that a member brings along (a Monte-Carlo prediction);
/// - `entropy` [n]: −Σ_c p[c] ln p[c] of the combined probabilities, in nats; of labels, each yes or no for itself, the
///   sum of their entropies −p ln p − (1 − p) ln(1 − p);
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
    if predictions.areProbabilities { expectedEntropy.grow(by: predictions.rows) }
  }

  private mutating func accumulate(
    _ predictions: Predictions, _ frame: Frame, start firstRow: Int, weight: Double
  ) throws(Failure) {
    let values = predictions.values
    let columns = predictions.columns
    let start = firstRow * columns
    let total = total + weight
    moments.add(at: start, count: values.count, weight: weight, total: total) { values[$0] }
    let form = ProbabilityRow(predictions.task)
    func row(_ i: Int) -> ArraySlice<Double> { values[i * columns..<(i + 1) * columns] }
    let shares: [Double]? =
      switch combination {
      case .mean: nil
      case .geometric: (0..<predictions.rows).flatMap { form.logarithms(row($0)) }
      case .vote: (0..<predictions.rows).flatMap { form.votes(row($0)) }
      }
    if let shares { combined.add(at: start, count: shares.count, weight: weight, total: total) { shares[$0] } }
    if let deviations = try companion("std", of: frame, predictions) {
      // A single stored column of a two-class prediction stands for both.
      let repeats = predictions.isBinary ? 2 : 1
      ownVariance.add(at: start, count: values.count, weight: weight, total: total) {
        deviations[$0 / repeats] * deviations[$0 / repeats]
      }
    } else {
      ownVariance.add(at: start, count: values.count, weight: weight, total: total) { _ in 0 }
    }
    guard predictions.areProbabilities else { return }
    let information = try companion("mutual_information", of: frame, predictions)
    expectedEntropy.add(at: firstRow, count: predictions.rows, weight: weight, total: total) {
      form.entropy(row($0)) - (information?[$0] ?? 0)
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
    case .classification, .multiLabel:
      let isBinary = task == .classification(classes: 2, isBinary: true)
      let form = ProbabilityRow(task)
      let p = combinedProbabilities(range, columns, form)
      frame.tensors["p"] = PredictionEnsemble.tensor(p, columns, keepsSecondOnly: isBinary)
      guard isMany else { break }
      frame.tensors["std"] = PredictionEnsemble.tensor(range.map(deviation), columns, keepsSecondOnly: isBinary)
      let ofCombined = rows.indices.map { i -> Double in
        let at = (i - rows.lowerBound) * columns
        return form.entropy(p[at..<at + columns])
      }
      let information = rows.map { i in
        max(0, form.entropy(moments.means[i * columns..<(i + 1) * columns]) - expectedEntropy.means[i])
      }
      frame.tensors["entropy"] = Tensor(ofCombined.map { Float($0) }, shape: [rows.count])
      frame.tensors["mutual_information"] = Tensor(information.map { Float($0) }, shape: [rows.count])
    }
    return frame
  }

  private func deviation(_ i: Int) -> Double {
    (moments.variance(i, total: total) + ownVariance.means[i]).squareRoot()
  }

  private func combinedProbabilities(_ range: Range<Int>, _ columns: Int, _ form: ProbabilityRow) -> [Double] {
    switch combination {
    case .mean: return Array(moments.means[range])
    case .vote: return Array(combined.means[range])
    case .geometric:
      return stride(from: range.lowerBound, to: range.upperBound, by: columns).flatMap { start in
        form.probabilities(ofLogarithms: combined.means[start..<start + columns])
      }
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
