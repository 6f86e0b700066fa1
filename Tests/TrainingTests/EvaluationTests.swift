import Tensors
import Testing

@testable import Training

/// Metrics against the values that scikit-learn documents for its functions of the same names.
@Suite("Evaluation")
struct EvaluationTests {
  private func frame(_ p: [[Float]], _ y: [Int64]) -> Frame {
    Frame(
      .prediction,
      tensors: [
        "p": Tensor(p.flatMap { $0 }, shape: [p.count, p[0].count]), "y": Tensor(y, shape: [y.count]),
      ])
  }

  private func values(_ output: [[Float]], _ y: [[Float]]) -> Frame {
    Frame(
      .prediction,
      tensors: [
        "output": Tensor(output.flatMap { $0 }, shape: [output.count, output[0].count]),
        "y": Tensor(y.flatMap { $0 }, shape: [y.count, y[0].count]),
      ])
  }

  /// Sure predictions of the given classes.
  private func sure(_ predicted: [Int], of classes: Int) -> [[Float]] {
    predicted.map { id in (0..<classes).map { $0 == id ? 1 : 0 } }
  }

  private func metrics(_ frames: Frame..., options: Evaluation.Options = .init()) throws -> [String: Double] {
    var evaluation = Evaluation(options)
    for frame in frames { try evaluation.add(frame) }
    var found: [String: Double] = [:]
    for metric in try evaluation.result().metrics { found[metric.name] = metric.value }
    return found
  }

  private func near(_ value: Double?, _ expected: Double) -> Bool { abs((value ?? .nan) - expected) < 1e-6 }

  @Test("precision, recall and F1")
  func f1() throws {
    let found = try metrics(frame(sure([0, 2, 1, 0, 0, 1], of: 3), [0, 1, 2, 0, 1, 2]))
    #expect(near(found["macro_f1"], 0.2666666667))
    #expect(near(found["weighted_f1"], 0.2666666667))
    #expect(near(found["macro_precision"], 0.2222222222))
    #expect(near(found["macro_recall"], 0.3333333333))
    #expect(near(found["accuracy"], 0.3333333333))
  }

  @Test("balanced accuracy")
  func balanced() throws {
    let found = try metrics(frame(sure([0, 1, 0, 0, 0, 1], of: 2), [0, 1, 0, 0, 1, 0]))
    #expect(near(found["balanced_accuracy"], 0.625))
  }

  @Test("classes that do not occur do not count")
  func absentClasses() throws {
    let found = try metrics(frame(sure([0, 0, 1], of: 5), [0, 0, 1]))
    #expect(near(found["macro_f1"], 1))
    #expect(near(found["balanced_accuracy"], 1))
  }

  @Test("top-k, and ties in favour of the first class")
  func topK() throws {
    var options = Evaluation.Options()
    options.top = [1, 2, 3]
    let p: [[Float]] = [[0.5, 0.3, 0.2], [0.3, 0.4, 0.3], [0.2, 0.5, 0.3], [0.7, 0.2, 0.1]]
    let found = try metrics(frame(p, [0, 1, 2, 2]), options: options)
    #expect(near(found["top1"], 0.5) && near(found["top2"], 0.75) && near(found["top3"], 1))
    let tied = try metrics(frame([[0.5, 0.5], [0.5, 0.5]], [0, 1]), options: options)
    #expect(near(tied["accuracy"], 0.5) && near(tied["top1"], 0.5) && near(tied["top2"], 1))
  }

  @Test("log-likelihood, Brier score, calibration")
  func scores() throws {
    let found = try metrics(frame([[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]], [1, 0, 0, 1]))
    #expect(near(found["nll"], 0.21616187468057912))
    #expect(near(found["brier"], 2 * (0.01 + 0.01 + 0.04 + 0.1225) / 4))
    // Four bins of one row each: |1 − confidence| on average.
    #expect(near(found["ece"], (0.1 + 0.1 + 0.2 + 0.35) / 4))
    let wrong = try metrics(frame([[1, 0]], [1]))
    #expect(near(wrong["nll"], 27.631021115928547))
    #expect(near(wrong["ece"], 1))
  }

  @Test("area under the ROC curve")
  func area() throws {
    var options = Evaluation.Options()
    options.auc = true
    let scores: [Float] = [0.1, 0.4, 0.35, 0.8]
    let two = try metrics(frame(scores.map { [1 - $0, $0] }, [0, 0, 1, 1]), options: options)
    #expect(near(two["auc"], 0.75))
    let one = try metrics(frame(scores.map { [$0] }, [0, 0, 1, 1]), options: options)
    #expect(near(one["auc"], 0.75))
    let tied = try metrics(frame([[0.5], [0.5], [0.5]], [0, 1, 1]), options: options)
    #expect(near(tied["auc"], 0.5))
    #expect(try metrics(frame([[0.5], [0.25]], [1, 1]), options: options)["auc"] == nil)
  }

  @Test("errors of values")
  func regression() throws {
    let found = try metrics(values([[2.5], [0], [2], [8]], [[3], [-0.5], [2], [7]]))
    #expect(near(found["mae"], 0.5) && near(found["mse"], 0.375))
    #expect(near(found["rmse"], 0.6123724356957945) && near(found["r2"], 0.9486081370449679))
    let two = try metrics(values([[0, 2], [-1, 2], [8, -5]], [[0.5, 1], [-1, 1], [7, -6]]))
    #expect(near(two["mae"], 0.75) && near(two["mse"], 0.7083333333) && near(two["r2"], 0.936800526662278))
  }

  @Test("R² far from zero")
  func stability() throws {
    var sums = RegressionMetrics()
    for i in 0..<1000 { sums.add(output: 1e9 + Double(i) + (i % 2 == 0 ? 1 : -1), target: 1e9 + Double(i)) }
    // Σ (y − ȳ)² = n (n² − 1) / 12, residuals of 1.
    let expected = 1 - 1000 / (1000.0 * (1_000_000 - 1) / 12)
    #expect(abs((sums.r2 ?? 0) - expected) < 1e-12)
  }

  @Test("chunks make the same numbers")
  func chunks() throws {
    let p: [[Float]] = [[0.5, 0.3, 0.2], [0.3, 0.4, 0.3], [0.2, 0.5, 0.3], [0.7, 0.2, 0.1]]
    let whole = try metrics(frame(p, [0, 1, 2, 2]))
    #expect(try metrics(frame([p[0]], [0]), frame([p[1], p[2]], [1, 2]), frame([p[3]], [2])) == whole)
  }

  @Test("a width without rows takes no memory")
  func hugeWidth() throws {
    let empty = Frame(
      .prediction,
      tensors: ["p": Tensor([Float](), shape: [0, 1 << 40]), "y": Tensor([Int64](), shape: [0])])
    var evaluation = Evaluation()
    try evaluation.add(empty)
    #expect(throws: Failure.self) { _ = try evaluation.result() }
  }

  @Test("requirements")
  func requirements() {
    #expect(Requirement("accuracy", .atLeast, 0.97).isMet(by: 0.97))
    #expect(!Requirement("accuracy", .atLeast, 0.97).isMet(by: 0.9612))
    #expect(!Requirement("r2", .atLeast, 0).isMet(by: nil))
    #expect(
      Requirement("accuracy", .atLeast, 0.97).complaint(about: 0.9612)
        == "accuracy 0.9612 is below the required 0.97")
    #expect(Requirement("nll", .atMost, 0.1).complaint(about: 0.25) == "nll 0.25 is above the required 0.1")
    #expect(Metric.topCount("top5") == 5)
    for name in ["top", "top0", "top05", "top-1", "topx"] { #expect(Metric.topCount(name) == nil) }
  }
}
