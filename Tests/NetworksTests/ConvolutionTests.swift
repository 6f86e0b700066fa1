import Kernels
import Networks
import Tensors
import Testing

/// Convolutions large enough for Winograd's filtering and for several chunks and tiles.
@Suite struct ConvolutionTests {
  private func fill(_ matrix: Matrix, rows: Int, seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: 77)
    for row in 0..<rows {
      for c in 0..<matrix.columns { matrix.pointer[row * matrix.ld + c] = Float(stream.nextNormal()) }
    }
  }

  /// The largest difference from the formula in Float64 of outputs and, for input and parameters, gradients, relative to
  /// the largest of them.
  private func errors(_ text: String, input: [Int], rows: Int) throws -> [Double] {
    let harness = try LayerHarness(text, input: input, capacity: rows)
    let layer = harness.layer
    var stream = RandomStream(seed: 5, purpose: 78)
    for parameter in layer.parameters {
      parameter.load((0..<parameter.count).map { _ in Float(stream.nextNormal()) / 10 })
    }
    let pass = Pass(.training, rows: rows)
    let (x, dy) = (
      Matrix(capacity: rows, columns: layer.inputCount), Matrix(capacity: rows, columns: layer.outputCount)
    )
    fill(x, rows: rows, seed: 1)
    fill(dy, rows: rows, seed: 2)
    let y = harness.forward(pass, x)
    let slopes = dy.values(rows: rows).map(Double.init)
    let dx = harness.backward(pass, x: x, y: y, dy: dy)
    // The layer is linear: gradients are what it makes of single ones, so a few of them are enough.
    let values = layer.parameters.map(\.tensor.doubles)
    func reference(_ x: [Double], _ values: [[Double]]) -> [Double] { layer.reference(x, values: values, pass) }
    let inputs = x.values(rows: rows).map(Double.init)
    let expected = reference(inputs, values)
    func relative(_ pairs: [(Float, Double)]) -> Double {
      pairs.reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / pairs.reduce(1e-3) { max($0, abs($1.1)) }
    }
    func product(_ outputs: [Double]) -> Double {
      zip(zip(outputs, expected), slopes).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
    }
    let found = dx.values(rows: rows)
    let ofInput = stride(from: 0, to: found.count, by: max(1, found.count / 20)).map { i in
      var moved = inputs
      moved[i] += 1
      return (found[i], product(reference(moved, values)))
    }
    let ofParameters = try layer.parameters.enumerated().flatMap { j, parameter in
      let gradient = parameter.tensor(of: try #require(parameter.gradient)).floats
      return stride(from: 0, to: gradient.count, by: max(1, gradient.count / 20)).map { i in
        var moved = values
        moved[j][i] += 1
        return (gradient[i], product(reference(inputs, moved)))
      }
    }
    return [relative(Array(zip(y.values(rows: rows), expected))), relative(ofInput), relative(ofParameters)]
  }

  @Test(
    "agrees with the formula in Float64",
    arguments: [
      ("conv:16:3,pad=1", [16, 16, 16], 9), ("conv:32:3", [10, 14, 16], 3), ("conv:16:3,pad=2", [7, 9, 32], 10),
      ("conv:48:3,pad=1", [5, 7, 16], 17), ("conv:64:3,pad=1,bias=no", [8, 8, 64], 9),
      ("conv:80:3,pad=1", [4, 4, 112], 3), ("conv:16:3,pad=1,stride=2", [16, 16, 16], 9),
      ("conv:96:3,groups=2", [4, 5, 96], 2), ("conv:96:5,pad=2", [5, 4, 48], 2),
      ("conv:128:3,stride=2,pad=1", [8, 7, 64], 3),
    ])
  func agreesWithFormula(text: String, input: [Int], rows: Int) throws {
    let errors = try errors(text, input: input, rows: rows)
    for error in errors { #expect(error < 1e-5, "\(text) \(input): \(errors)") }
  }

  /// The parameters' gradients after a pass forward and back.
  private func gradients(threads: Int) throws -> [[Float]] {
    let block = "residual conv:16:3,pad=1,bias=no bn relu conv:16:3,pad=1,bias=no bn end relu"
    let wider = "residual conv:32:3,stride=2,pad=1 bn relu conv:32:3,pad=1 bn shortcut conv:32:1,stride=2 bn end relu"
    let layers =
      "conv:16:3,pad=1 bn relu \(block) \(wider) dropout2d:0.2 maxpool:2 conv:32:3,groups=32 flatten dense:10"
    let network = try Network(
      Architecture(input: [16, 16, 3], parsing: layers.split(separator: " ").map(String.init)))
    try network.initialize(seed: 4)
    let rows = 21
    let executor = Executor(network, capacity: rows, team: ThreadTeam(threads: threads))
    executor.allocateGradients()
    let pass = Pass(.training, rows: rows, seed: 3, step: 1)
    for _ in 0..<2 {
      fill(executor.input, rows: rows, seed: 5)
      executor.forward(pass)
      fill(executor.outputGradient, rows: rows, seed: 6)
      executor.backward(pass)
    }
    return network.parameters.map { entry in
      (entry.parameter.gradient.map { entry.parameter.tensor(of: $0) } ?? entry.parameter.tensor).floats
    }
  }

  @Test func threadsMakeNoDifference() throws {
    let alone = try gradients(threads: 1)
    #expect(alone.allSatisfy { $0.contains { $0 != 0 } })
    for threads in [2, 3] { for _ in 0..<3 { #expect(try gradients(threads: threads) == alone) } }
  }

  @Test("gradients that take turns in the same memory are those that have their own")
  func memoryIsShared() throws {
    let layers =
      "conv:6:3,pad=1 bn relu residual conv:6:3,pad=1 bn relu conv:6:1 end residual bn relu conv:8:3,stride=2 shortcut "
      + "conv:8:3,stride=2 bn end tanh prelu residual residual conv:8:1 end avgpool:2,stride=1,pad=1 conv:8:2 end flatten "
      + "dense:3"
    let network = try Network(
      Architecture(input: [9, 9, 2], parsing: layers.split(separator: " ").map(String.init)))
    try network.initialize(seed: 4)
    let found = [false, true].map { keepsOutputs in
      let executor = Executor(network, capacity: 5, team: ThreadTeam(threads: 1), keepsOutputs: keepsOutputs)
      executor.allocateGradients()
      fill(executor.input, rows: 5, seed: 5)
      executor.forward(Pass(.training, rows: 5))
      fill(executor.outputGradient, rows: 5, seed: 6)
      executor.backward(Pass(.training, rows: 5))
      return network.parameters.compactMap { entry in
        entry.parameter.gradient.map { entry.parameter.tensor(of: $0).floats }
      }
    }
    #expect(found[0] == found[1])
  }
}
