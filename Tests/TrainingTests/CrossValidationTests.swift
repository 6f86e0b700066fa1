import GoldenValues
import Tensors
import Testing

@testable import Training

struct CrossValidationTests {
  @Test func quantilesAreSciPys() throws {
    let rows = try Golden.read("interval-t").tensor("quantiles").doubles
    for i in stride(from: 0, to: rows.count, by: 3) {
      let value = StudentT.quantile(rows[i], degrees: Int(rows[i + 1]))
      #expect(abs(value / rows[i + 2] - 1) < 1e-9, "t(\(rows[i]), \(rows[i + 1]))")
    }
    #expect(StudentT.quantile(0.5, degrees: 3) == 0)
  }

  /// Folds of one row and as many columns as there are metrics, whose mae is the value.
  @Test(arguments: [0.95, 0.99, 0.8])
  func intervalsAreSciPys(level: Double) throws {
    let golden = try Golden.read("interval-t")
    let values = try golden.tensor("values").doubles
    let half = try golden.tensor("half.\(level)").doubles
    for metric in 0..<3 {
      let results = try (0..<5).map { fold -> EvaluationResult in
        var evaluation = Evaluation()
        try evaluation.add(
          Frame(
            .prediction,
            tensors: [
              "output": Tensor([values[fold * 3 + metric]], shape: [1, 1]), "y": Tensor([0.0], shape: [1, 1]),
            ]))
        return try evaluation.result()
      }
      let summary = try #require(try CrossValidation(results, confidence: level).summaries.first { $0.name == "mae" })
      let mean = try #require(summary.mean)
      let interval = try #require(summary.interval)
      #expect(abs(mean - (try golden.tensor("mean").doubles[metric])) < 1e-12)
      #expect(abs((summary.deviation ?? -1) - (try golden.tensor("std").doubles[metric])) < 1e-12)
      #expect(abs(interval.upperBound - mean - half[metric]) < 1e-10)
      #expect(abs(mean - interval.lowerBound - half[metric]) < 1e-10)
    }
  }

  @Test func oneFoldIsNone() throws {
    var evaluation = Evaluation()
    try evaluation.add(
      Frame(.prediction, tensors: ["output": Tensor([1.0], shape: [1, 1]), "y": Tensor([0.0], shape: [1, 1])]))
    let result = try evaluation.result()
    #expect(throws: Failure.self) { try CrossValidation([result], confidence: 0.95) }
    let two = try CrossValidation([result, result], confidence: 0.95)
    #expect(two.summaries.first { $0.name == "r2" }?.mean == nil)
    #expect(two.json["mae"]?["mean"]?.double == 1 && two.rows == 2)
  }
}
