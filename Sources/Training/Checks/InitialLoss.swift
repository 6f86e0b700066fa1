#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Networks
import Tensors

/// The loss of the model as it is, against that of a model that knows nothing: one that gives every row the same output.
///
/// That is log C for C classes, log 2 for yes or no, and for values the loss of the targets' own mean, which for mse is
/// their variance. (After a softmax, logsoftmax, sigmoid or tanh it is the loss of what these make of 0.)
/// The model runs as in the first step of training, with the batch's statistics, but without dropout.
public struct InitialLoss: CheckResult {
  /// See `CheckResult`.
  public static let title = "initial loss"
  /// The check fails when the loss is this many times the expected one, or more. (Glorot's and He's initialisers give
  /// outputs a variance of 1 to 2: for C classes that adds half of it to log C, and for mse all of it to the variance.)
  public var largestFactor: Double { isOfValues ? 10 : 3 }
  /// The check fails when the loss is below this share of the expected one.
  public static let smallestFactor = 0.5

  /// The mean loss of the model.
  public let loss: Double
  /// The mean loss of a model that knows nothing.
  public let expected: Double
  /// The entropy of the classes' frequencies: what a model that knows only these could have; nil without classes.
  public let entropy: Double?
  /// Rows of the batch.
  public let rows: Int
  /// What `expected` is, in words.
  private let meaning: String
  /// Whether targets are numbers of any size.
  private let isOfValues: Bool

  /// Runs the check.
  public init(_ subject: CheckSubject) throws(Failure) {
    let data = subject.sample(subject.rows)
    let network = try subject.unregularizedNetwork()
    let batch = try CheckBatch(network, data, subject)
    let constant = ConstantOutput(network, subject.loss, batch.targets, rows: data.rows)
    rows = data.rows
    loss = batch.meanLoss(of: batch.executor.output)
    expected = batch.meanLoss(of: constant.matrix)
    isOfValues = constant.isMean
    meaning = InitialLoss.meaning(of: expected, isMean: constant.isMean, subject.loss, outputs: network.outputCount)
    entropy = data.entropy
  }

  private static func meaning(of expected: Double, isMean: Bool, _ loss: any Loss, outputs: Int) -> String {
    if isMean { return loss.spec.name == "mse" ? "the targets' variance" : "for the targets' mean" }
    let count = loss.answers.areClasses ? outputs : 2
    return abs(expected - log(Double(count))) < 1e-5 ? "log \(count)" : "for equal outputs"
  }

  /// See `CheckResult`.
  public var remarks: [CheckRemark] {
    guard loss.isFinite else {
      return [.failure("The loss is not finite: the first weights are too large, or the data is not prepared.")]
    }
    guard expected > 0 else { return [.note("All answers are the same: there is nothing to learn.")] }
    let times = "\((loss / expected * 10).rounded() / 10) times as much"
    let weights = "the first weights are too large"
    let data = "the data is not prepared (nn-prep --center --scale)"
    if loss >= largestFactor * expected {
      let causes = isOfValues ? "\(weights), \(data), or the targets are far from 0" : "\(weights), or \(data)"
      return [.failure("\(times): \(causes).")]
    }
    if loss < InitialLoss.smallestFactor * expected {
      return [.failure("Far less: this model has learnt something already.")]
    }
    guard abs(loss - expected) > 0.2 * expected + 0.1 else { return [] }
    return [
      .note("\(times), which the first steps of training mend; smaller weights in the last layer would save them.")
    ]
  }

  /// See `CheckResult`.
  public var text: String {
    var text =
      "\(Figures.short(loss)) on \(rows) row\(rows == 1 ? "" : "s"); \(Figures.short(expected)) (\(meaning)) for a model that knows nothing"
    if let entropy { text += "\n\(Figures.short(entropy)) for one that knows how frequent the classes are" }
    return text
  }

  /// See `CheckResult`.
  public var json: [(key: String, value: JSON)] {
    [
      ("rows", .number(rows)), ("loss", .number(loss)), ("expected", .number(expected)),
      ("entropy", entropy.map { .number($0) } ?? .null),
    ]
  }
}

/// The same output for every row: what a model that knows nothing gives.
private struct ConstantOutput {
  /// [rows, outputs]
  let matrix: Matrix
  /// Whether it is the targets' mean.
  let isMean: Bool

  init(_ network: Network, _ loss: any Loss, _ targets: Targets, rows: Int) {
    matrix = Matrix(capacity: rows, columns: network.outputCount)
    var values = [Double](repeating: 0, count: matrix.columns)
    var isMean = false
    let name = network.architecture.outputLayer?.name ?? ""
    if ["softmax", "logsoftmax", "sigmoid", "tanh"].contains(name),
      let last = network.layers.last(where: { $0.spec.name == name })
    {
      values = last.reference(values, values: [], Pass(.inference, rows: 1))
    } else if loss.predictions == .numbers {
      isMean = true
      for row in 0..<rows {
        for (c, target) in targets.values[row: row].enumerated() { values[c] += Double(target) / Double(rows) }
      }
    }
    self.isMean = isMean
    for row in 0..<rows {
      for (c, value) in values.enumerated() { matrix.pointer[row * matrix.ld + c] = Float(value) }
    }
  }
}

extension Dataset {
  /// The entropy of the classes' frequencies, −Σ p·ln p; nil without classes.
  var entropy: Double? {
    guard case .classes(let labels) = answers else { return nil }
    var counts: [Int32: Int] = [:]
    for label in labels { counts[label, default: 0] += 1 }
    return counts.values.sorted().reduce(0) { sum, count in
      let p = Double(count) / Double(labels.count)
      return sum - p * log(p)
    }
  }
}
