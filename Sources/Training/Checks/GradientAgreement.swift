import Networks
import Tensors

/// The gradients of the backward pass against central differences in Float64, see `GradientCheck`.
///
/// The whole model is checked as it is trained: with its penalties, with the batch's statistics, with the dropout of
/// one step.
public struct GradientAgreement: CheckResult {
  /// See `CheckResult`.
  public static let title = "gradients"
  /// Rows of the batch, at most: differences take a run of the network for each value.
  public static let rows = 8
  /// The largest error, relative to a tensor's largest gradient, with which the check passes.
  public static let tolerance = 1e-3

  /// What was found for each tensor that is trained.
  public let findings: [GradientCheck.Finding]

  /// Compares up to `samples` values of each tensor.
  public init(_ subject: CheckSubject, samples: Int) throws(Failure) {
    let batch = try CheckBatch(
      try subject.network(), subject.sample(min(subject.rows, GradientAgreement.rows)), subject)
    findings = GradientCheck(batch.executor, loss: subject.loss, targets: batch.targets, pass: batch.pass)
      .run(samples: samples)
  }

  private var worst: GradientCheck.Finding? { findings.max { $0.error < $1.error } }

  /// See `CheckResult`.
  public var remarks: [CheckRemark] {
    guard !findings.isEmpty else { return [.note("No tensor is trained: all layers are frozen.")] }
    // Written so that NaN is wrong as well.
    let wrong = findings.filter { !($0.error <= GradientAgreement.tolerance) }.map(\.name)
    let idle = findings.filter { $0.largest == 0 }.map(\.name)
    var remarks: [CheckRemark] = []
    if !wrong.isEmpty {
      remarks.append(.failure("The backward pass does not fit the forward pass: \(wrong.joined(separator: ", "))."))
    }
    if !idle.isEmpty {
      remarks.append(.note("No gradient arrives: \(idle.joined(separator: ", ")); see --activations."))
    }
    return remarks
  }

  /// See `CheckResult`.
  public var text: String {
    if findings.isEmpty { return "" }
    return TextTable.text(
      ["tensor", "compared", "largest gradient", "error"],
      findings.map { [$0.name, String($0.compared), Figures.short($0.largest), Figures.short($0.error)] },
      rightAligned: 1...3)
  }

  /// See `CheckResult`.
  public var json: [(key: String, value: JSON)] {
    let tensors = findings.map { finding -> JSON in
      .object([
        ("name", .string(finding.name)), ("compared", .number(finding.compared)),
        ("largest", .number(finding.largest)), ("error", .number(finding.error)),
      ])
    }
    return [
      ("tolerance", .number(GradientAgreement.tolerance)), ("error", worst.map { .number($0.error) } ?? .null),
      ("tensors", .array(tensors)),
    ]
  }
}
