import Plots
import Tensors
import Training

/// What logs mean, in words.
enum Diagnosis {
  static func text(of material: Material, asJSON: Bool) throws(Failure) -> String {
    switch material.kind {
    case .curves:
      return LogFile.runs(of: material.logs).map { asJSON ? json($0) : words($0) }.joined(separator: asJSON ? "" : "\n")
    case .rateRange:
      return LogFile.tests(of: material.logs).map { asJSON ? json($0) : words($0) }.joined(
        separator: asJSON ? "" : "\n")
    default: throw .input("--diagnose: a log of nn-train --log or of nn-check --lr-range is due")
    }
  }

  private static func words(_ run: RunLog) -> String {
    "\(run.name):\n"
      + CurveDiagnosis(run).findings.map { "  \($0.text)\n    Try: \($0.advice)\n" }.joined()
  }

  private static func json(_ run: RunLog) -> String {
    JSON.object([
      ("run", .string(run.name)), ("epochs", .number(run.epochs.count)),
      ("best_epoch", run.best.map { .number(run.epochs[$0]) } ?? .null),
      ("findings", .array(CurveDiagnosis(run).findings.map(\.json))),
    ]).text + "\n"
  }

  private static func words(_ test: (name: String, curve: LearningRateCurve)) -> String {
    guard let lowest = test.curve.lowest, let steepest = test.curve.steepest, let rate = test.curve.suggestion else {
      return "\(test.name):\n  The loss falls nowhere.\n    Try: other rates, or the other checks of nn-check.\n"
    }
    return "\(test.name):\n  The loss falls fastest at the rate \(Figures.rough(steepest.rate)) and is lowest at "
      + "\(Figures.rough(lowest.rate)).\n    Try: --lr \(Figures.rough(rate))\n"
  }

  private static func json(_ test: (name: String, curve: LearningRateCurve)) -> String {
    JSON.object([
      ("run", .string(test.name)), ("steps", .number(test.curve.points.count)),
      ("suggestion", test.curve.suggestion.map { .number($0) } ?? .null),
      ("lowest", test.curve.lowest.map { .number($0.rate) } ?? .null),
      ("steepest", test.curve.steepest.map { .number($0.rate) } ?? .null),
    ]).text + "\n"
  }
}
