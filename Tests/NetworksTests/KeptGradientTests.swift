import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

/// An executor that keeps every layer's gradient, for those who look inside.
@Suite struct KeptGradientTests {
  private let layers = ["dense:9", "bn", "tanh", "relu", "dense:5", "tanh", "softmax"]
  private let rows = 6

  /// Rows of waves through the network and back from other waves.
  private func run(keepsOutputs: Bool, below bottom: [String] = [], inputs: Int = 4) throws -> Executor {
    let layers = bottom + layers
    let network = try Network(Architecture(input: [inputs], parsing: layers))
    try network.initialize(seed: 2)
    for (_, _, parameter) in network.parameters where parameter.role == .norm {
      parameter.load((0..<parameter.count).map { Float($0 % 5) / 4 - 0.5 })
    }
    return run(network, keepsOutputs: keepsOutputs)
  }

  private func run(_ network: Network, keepsOutputs: Bool) -> Executor {
    let executor = Executor(network, capacity: rows, team: ThreadTeam(threads: 1), keepsOutputs: keepsOutputs)
    executor.allocateGradients()
    fill(executor.input) { row, c in Float((row * 7 + c * 3) % 11) / 5 - 1 }
    executor.forward(Pass(.training, rows: rows))
    fill(executor.outputGradient) { row, c in Float((row * 5 + c) % 7) / 3 - 1 }
    executor.backward(Pass(.training, rows: rows))
    return executor
  }

  private func fill(_ matrix: Matrix, rows: Int? = nil, _ value: (Int, Int) -> Float) {
    for row in 0..<(rows ?? self.rows) {
      for c in 0..<matrix.columns { matrix.pointer[row * matrix.ld + c] = value(row, c) }
    }
  }

  private func gradients(_ executor: Executor) -> [[Float]] {
    executor.network.parameters.compactMap { _, _, parameter in
      parameter.gradient.map { parameter.tensor(of: $0).floats }
    }
  }

  @Test func keepingChangesNoParametersGradient() throws {
    let kept = gradients(try run(keepsOutputs: true))
    #expect(kept == gradients(try run(keepsOutputs: false)))
    #expect(kept.count == 6)
    #expect(kept.allSatisfy { $0.contains { $0 != 0 } })
  }

  /// At the bottom of a network a layer makes its parameters' gradients alone.
  @Test func keepingChangesNothingAtTheBottom() throws {
    let kept = gradients(try run(keepsOutputs: true, below: ["prelu"]))
    #expect(kept == gradients(try run(keepsOutputs: false, below: ["prelu"])))
    #expect(kept.allSatisfy { $0.contains { $0 != 0 } })
  }

  /// A batch norm there takes its gradients from the weights' gradient of the layer above: the same sums in another order.
  @Test(arguments: [4, 37, 300]) func batchNormAtTheBottom(inputs: Int) throws {
    let kept = gradients(try run(keepsOutputs: true, below: ["bn"], inputs: inputs))
    let found = gradients(try run(keepsOutputs: false, below: ["bn"], inputs: inputs))
    #expect(kept.count == 8 && kept.allSatisfy { $0.contains { $0 != 0 } })
    // The batch norm above makes some of them sums of nothing but rounding.
    let scale = kept.joined().reduce(0) { max($0, abs($1)) }
    for (kept, found) in zip(kept, found) {
      #expect(zip(kept, found).allSatisfy { abs($0 - $1) <= 2e-6 * scale })
    }
  }

  /// What a layer keeps of a batch belongs to the executor that allocated it last: one of few rows leaves nothing to a
  /// greater one.
  @Test func anotherExecutorBefore() throws {
    for bottom in [["bn"], []] {
      let network = try Network(Architecture(input: [40], parsing: bottom + layers))
      try network.initialize(seed: 2)
      let few = Executor(network, capacity: 2, team: ThreadTeam(threads: 1))
      few.allocateGradients()
      fill(few.input, rows: 2) { row, c in Float(row + c) }
      fill(few.outputGradient, rows: 2) { row, c in Float(row - c) }
      few.forward(Pass(.training, rows: 2))
      few.backward(Pass(.training, rows: 2))

      let alone = try Network(Architecture(input: [40], parsing: bottom + layers))
      try alone.initialize(seed: 2)
      #expect(gradients(run(network, keepsOutputs: true)) == gradients(run(alone, keepsOutputs: true)))
    }
  }

  @Test func eachIsTheGradientOfItsLayersOutput() throws {
    let executor = try run(keepsOutputs: true)
    func gradient(_ layer: Int) throws -> Matrix { try #require(executor.gradient(of: layer)) }
    func sums(_ layer: Int) throws -> [Float] {
      let matrix = try gradient(layer)
      return (0..<matrix.columns).map { c in (0..<rows).reduce(0) { $0 + matrix[row: $1][c] } }
    }
    // The gradient of what is added to a layer's output is the sum over the rows.
    for (layer, bias) in [(0, 1), (1, 1), (4, 1)] {
      let parameter = executor.network.layers[layer].parameters[bias]
      let found = parameter.tensor(of: try #require(parameter.gradient)).floats
      #expect(Golden.relativeDifference(found, try sums(layer)) < 1e-5, "\(layers[layer])")
    }
    // Through a function it is multiplied by the derivative.
    for row in 0..<rows {
      for c in 0..<9 {
        let (y, z) = (executor.output(of: 2)[row: row][c], executor.output(of: 3)[row: row][c])
        let throughRelu = try gradient(3)[row: row][c] * (z > 0 ? 1 : 0)
        #expect(try gradient(2)[row: row][c] == throughRelu)
        let throughTanh = try gradient(2)[row: row][c] * (1 - y * y)
        #expect(try abs(gradient(1)[row: row][c] - throughTanh) < 1e-6)
      }
    }
    #expect(try gradient(6)[row: 1][0] == Float(5) / 3 - 1)
  }

  @Test func belowFrozenLayersThereIsNone() throws {
    let network = try Network(Architecture(input: [4], parsing: ["dense:3,lr=0", "relu", "dense:2"]))
    let executor = Executor(network, capacity: 2, team: ThreadTeam(threads: 1), keepsOutputs: true)
    executor.allocateGradients()
    executor.backward(Pass(.training, rows: 2))
    #expect(executor.gradient(of: 1) == nil)
    #expect(executor.gradient(of: 2) != nil)
  }
}
