import Tensors

/// What one sanity check found.
public protocol CheckResult {
  /// What was checked: `initial loss`. With underscores it is the key in JSON.
  static var title: String { get }
  /// What is worth saying in a sentence, failures among it.
  var remarks: [CheckRemark] { get }
  /// The figures, for people: whole lines.
  var text: String { get }
  /// The figures, for programs.
  var json: [(key: String, value: JSON)] { get }
}

/// A sentence about what a check found.
public struct CheckRemark: Equatable, Sendable {
  /// Whether the check fails by it.
  public var isFailure: Bool
  /// The sentence.
  public var text: String

  static func failure(_ text: String) -> CheckRemark { CheckRemark(isFailure: true, text: text) }
  static func note(_ text: String) -> CheckRemark { CheckRemark(isFailure: false, text: text) }
}

extension CheckResult {
  /// Whether nothing is wrong.
  public var passes: Bool { !remarks.contains { $0.isFailure } }
}

/// The results of several checks as one text or one JSON object.
public struct CheckReport {
  /// The results, in the order in which the checks were made.
  public let results: [any CheckResult]

  /// A report.
  public init(_ results: [any CheckResult]) { self.results = results }

  /// The titles of the checks that fail.
  public var failures: [String] { results.filter { !$0.passes }.map { type(of: $0).title } }

  /// A paragraph for each check: title and verdict, figures, remarks.
  public var text: String {
    results.map { result in
      let lines = result.text.split(separator: "\n") + result.remarks.map { Substring($0.text) }
      return "\(type(of: result).title): \(result.passes ? "passed" : "FAILED")\n"
        + lines.map { "  \($0)\n" }.joined()
    }.joined(separator: "\n")
  }

  /// `passed`, and an object for each check under its title.
  public var json: JSON {
    .object(
      [("passed", .bool(failures.isEmpty))]
        + results.map { result in
          let remarks = JSON.array(result.remarks.map { .string($0.text) })
          let key = String(type(of: result).title.map { $0 == " " ? "_" : $0 })
          return (key, .object([("passed", .bool(result.passes))] + result.json + [("remarks", remarks)]))
        })
  }
}
