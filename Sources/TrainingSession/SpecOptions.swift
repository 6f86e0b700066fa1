import CommandLine
import Networks
import SpecCompletion
import Tensors
import Training

/// Options whose values are specs of the registries.
extension Option {
  /// `--optimizer`.
  public static func optimizer(_ path: WritableKeyPath<Values, Spec>, _ summary: String) -> Option {
    .parsed("optimizer", value: "SPEC", path, summary, completion: .spec(of: OptimizerKind.self)) {
      (text) throws(Failure) in try optimizer(parsing: text)
    }
  }

  /// `--optimizer`, absent by default.
  public static func optimizer(_ path: WritableKeyPath<Values, Spec?>, _ summary: String) -> Option {
    .parsed("optimizer", value: "SPEC", path, summary, completion: .spec(of: OptimizerKind.self)) {
      (text) throws(Failure) in try optimizer(parsing: text)
    }
  }

  private static func optimizer(parsing text: String) throws(Failure) -> Spec {
    let spec = try Spec(parsing: text)
    _ = try OptimizerKind.named(spec.name).make(spec)
    return spec
  }

  /// `--schedule`.
  public static func schedule(_ path: WritableKeyPath<Values, Schedule?>, _ summary: String) -> Option {
    .parsed("schedule", value: "SPEC", path, summary, completion: .spec(of: ScheduleKind.self)) {
      (text) throws(Failure) in try Schedule(parsing: text)
    }
  }

  /// `--loss`.
  public static func loss(_ path: WritableKeyPath<Values, (any Loss)?>) -> Option {
    .parsed(
      "loss", value: "SPEC", path, "what is minimised (default: by the data's y)", completion: .spec(of: LossKind.self)
    ) { (text) throws(Failure) in try LossKind.make(parsing: text) }
  }

  /// `--batch-size`.
  public static func batchSize(_ path: WritableKeyPath<Values, BatchSize>) -> Option {
    .parsed(
      "batch-size", short: "b", value: "N", path, "rows a step, or 'all' (default 32)", completion: .words(["all"]),
      parse: BatchSize.init(parsing:))
  }
}
