import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

/// Every loss of the registry against PyTorch (the hinge against Keras) and against central differences in Float64.
@Suite struct LossTests {
  /// A golden file with one reduction: outputs, answers, and what should come of them.
  private struct Case {
    let loss: any Loss
    let output: Matrix
    let targets: Targets
    let rows: Int
    let value: Float
    let gradient: [Float]

    init(_ name: String, _ reduction: Reduction) throws {
      let frame = try Golden.read(name)
      var spec = try Spec(parsing: try #require(frame.metadata["loss"]))
      spec["reduction"] = reduction.rawValue
      loss = try LossKind.make(parsing: spec.description)
      let values = try frame.tensor("output")
      rows = values.rows
      output = Matrix(capacity: rows, columns: values.rowCount)
      LossTests.fill(output, values.floats)
      let y = try frame.tensor("y")
      targets = Targets(
        capacity: rows, columns: values.rowCount, holdsClasses: y.shape.count == 1,
        classWeights: frame.tensors["class_weight"]?.floats)
      if targets.holdsClasses {
        for (row, label) in (y.integers ?? []).enumerated() { targets.labels.pointer[row] = Int32(label) }
      } else {
        LossTests.fill(targets.values, y.floats)
      }
      value = try frame.tensor(reduction.rawValue).floats[0]
      gradient = try frame.tensor("gradient.\(reduction.rawValue)").floats
    }

    var factor: Double { loss.factor(terms: loss.terms(targets, rows: rows, outputs: output.columns)) }

    /// The loss and its gradient by the kernels, of two ranges of rows.
    func evaluate() -> (loss: Double, gradient: [Float]) {
      let losses = AlignedBuffer<Double>(count: rows)
      let gradient = Matrix(capacity: rows, columns: output.columns)
      for range in [0..<rows / 2, rows / 2..<rows] {
        loss.evaluate(
          output, targets, rows: range, scale: Float(factor), gradient: gradient, losses: losses.pointer)
      }
      let sum = (0..<rows).reduce(0.0) { $0 + losses.pointer[$1] }
      withExtendedLifetime(losses) {}
      return (sum * factor, (0..<rows).flatMap { Array(gradient[row: $0]) })
    }

    /// The loss of some outputs by the formula in Float64.
    func reference(_ output: [[Double]]) -> Double {
      output.enumerated().reduce(0.0) { $0 + loss.reference($1.1, targets, row: $1.0) } * factor
    }
  }

  private static func fill(_ matrix: Matrix, _ values: [Float]) {
    for (i, value) in values.enumerated() {
      matrix.pointer[i / matrix.columns * matrix.ld + i % matrix.columns] = value
    }
  }

  @Test("has golden values", arguments: LossKind.names)
  func hasGoldenValues(name: String) throws {
    let specs = try Golden.names("loss-").map { try Golden.read($0).metadata["loss"] ?? "" }
    let covered = try specs.contains { try Spec(parsing: $0).name == name }
    #expect(covered, "Tests/Fixtures/losses.py knows nothing of \(name)")
  }

  @Test("agrees with PyTorch to 1e-5", arguments: Golden.names("loss-"), Reduction.allCases)
  func agreesWithPyTorch(name: String, reduction: Reduction) throws {
    let golden = try Case(name, reduction)
    let (loss, gradient) = golden.evaluate()
    #expect(abs(Float(loss) - golden.value) <= 1e-5 * max(0.1, abs(golden.value)))
    #expect(Golden.relativeDifference(gradient, golden.gradient) < 1e-5)
    let outputs = (0..<golden.rows).map { golden.output[row: $0].map(Double.init) }
    let reference = Float(golden.reference(outputs))
    #expect(abs(reference - golden.value) <= 1e-5 * max(0.1, abs(golden.value)))
  }

  @Test("agrees with central differences in Float64", arguments: Golden.names("loss-"), Reduction.allCases)
  func agreesWithDifferences(name: String, reduction: Reduction) throws {
    if name == "loss-bce-edges" { return }  // beyond 0 and 1 there are no probabilities
    let golden = try Case(name, reduction)
    let gradient = golden.evaluate().gradient
    var outputs = (0..<golden.rows).map { golden.output[row: $0].map(Double.init) }
    var differences: [Float] = []
    for row in 0..<golden.rows {
      for c in 0..<golden.output.columns {
        let value = outputs[row][c]
        let h = 1e-6
        outputs[row][c] = value + h
        let above = golden.reference(outputs)
        outputs[row][c] = value - h
        let below = golden.reference(outputs)
        outputs[row][c] = value
        differences.append(Float((above - below) / (2 * h)))
      }
    }
    #expect(Golden.relativeDifference(gradient, differences) < 5e-5)
  }

  @Test(
    "gives the published examples to every digit",
    arguments: [
      ("nll", 1.7342), ("ce", 1.0491), ("ce-onehot", 1.0491), ("bce", 0.5332), ("bce-logits", 0.5332),
    ])
  func givesThePublishedExamples(name: String, value: Double) throws {
    let loss = try Case("loss-example-\(name)", .mean).evaluate().loss
    #expect((loss * 1e4).rounded() == (value * 1e4).rounded())
  }

  @Test func rowsCountByTheirOwnFactors() throws {
    for name in ["loss-ce-weights", "loss-ce-smoothing-weights", "loss-ce-soft", "loss-mse", "loss-multi-margin"] {
      let golden = try Case(name, .sum)
      let all = golden.evaluate().gradient
      for row in 0..<golden.rows { golden.targets.weights.pointer[row] = row == 1 ? 2 : 0 }
      let (loss, gradient) = golden.evaluate()
      let columns = golden.output.columns
      let row = golden.loss.reference(golden.output[row: 1].map(Double.init), golden.targets, row: 1)
      #expect(abs(loss - 2 * row) <= 1e-5 * abs(row))
      for i in gradient.indices { #expect(gradient[i] == (i / columns == 1 ? 2 * all[i] : 0)) }
    }
  }

  @Test func aBatchOfIgnoredRowsHasNoGradient() throws {
    let golden = try Case("loss-ce-ignore-smoothing-weights", .mean)
    for row in 0..<golden.rows { golden.targets.labels.pointer[row] = 2 }
    let (loss, gradient) = golden.evaluate()
    #expect(loss == 0 && gradient.allSatisfy { $0 == 0 })
  }
}
