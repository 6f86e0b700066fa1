import Kernels
import Networks
import Tensors
import Testing

/// The decoder on an encoder's weights against a dense layer that has them transposed.
@Suite struct TiedDenseTests {
  private static let (inputs, codes, rows) = (37, 21, 9)

  private func layers(_ decoder: String?) throws -> Network {
    let encoder = try Network(
      Architecture(input: [TiedDenseTests.inputs], parsing: ["dense:\(TiedDenseTests.codes)", "tanh"]))
    try encoder.initialize(seed: 2)
    if decoder == nil {
      let tied = try #require(TiedDense(of: encoder.layers[0]))
      return try Network(encoder.layers + [tied], named: ["0", "1", "2"])
    }
    let untied = try Network(
      Architecture(
        input: [TiedDenseTests.inputs],
        parsing: ["dense:\(TiedDenseTests.codes)", "tanh", "dense:\(TiedDenseTests.inputs)"]))
    let weight = encoder.layers[0].parameters[0].tensor.floats
    untied.layers[0].parameters[0].load(weight)
    untied.layers[2].parameters[0].load(transposed(weight, rows: TiedDenseTests.codes))
    return untied
  }

  private func transposed(_ values: [Float], rows: Int) -> [Float] {
    let columns = values.count / rows
    return (0..<values.count).map { values[$0 % rows * columns + $0 / rows] }
  }

  private func run(_ network: Network, threads: Int) throws -> Executor {
    let executor = Executor(network, capacity: TiedDenseTests.rows, team: ThreadTeam(threads: threads))
    executor.allocateGradients()
    var stream = RandomStream(seed: 8, purpose: 98)
    for matrix in [executor.input, executor.outputGradient] {
      for row in 0..<TiedDenseTests.rows {
        for c in 0..<matrix.columns { matrix.pointer[row * matrix.ld + c] = Float(stream.nextNormal()) }
      }
    }
    let pass = Pass(.training, rows: TiedDenseTests.rows)
    executor.forward(pass)
    executor.backward(pass)
    return executor
  }

  private func gradient(_ executor: Executor, _ layer: Int, _ number: Int) throws -> [Float] {
    let parameter = executor.network.layers[layer].parameters[number]
    return parameter.tensor(of: try #require(parameter.gradient)).floats
  }

  private func difference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  @Test("gives the outputs of the transposed weights, and the sum of both gradients", arguments: [1, 3])
  func isTheTransposed(threads: Int) throws {
    let tied = try run(layers(nil), threads: threads)
    let untied = try run(layers("dense"), threads: threads)
    func output(_ executor: Executor) -> [Float] { (0..<TiedDenseTests.rows).flatMap { Array(executor.output[row: $0]) } }
    #expect(difference(output(tied), output(untied)) < 1e-5)
    let decoded = transposed(try gradient(untied, 2, 0), rows: TiedDenseTests.inputs)
    let sum = zip(try gradient(untied, 0, 0), decoded).map(+)
    #expect(difference(try gradient(tied, 0, 0), sum) < 1e-4)
    #expect(difference(try gradient(tied, 0, 1), try gradient(untied, 0, 1)) < 1e-4)
    #expect(difference(try gradient(tied, 2, 0), try gradient(untied, 2, 1)) < 1e-4)
  }

  @Test("agrees with its formula")
  func agreesWithReference() throws {
    let network = try layers(nil)
    let executor = try run(network, threads: 1)
    let tied = network.layers[2]
    let pass = Pass(.inference, rows: TiedDenseTests.rows)
    let keeping = Executor(network, capacity: TiedDenseTests.rows, team: ThreadTeam(threads: 1), keepsOutputs: true)
    keeping.input.copyRows(0..<TiedDenseTests.rows, of: executor.input)
    keeping.forward(pass)
    let codes = (0..<TiedDenseTests.rows).flatMap { keeping.output(of: 1)[row: $0].map(Double.init) }
    let expected = tied.reference(codes, values: tied.parameters.map(\.tensor.doubles), pass)
    let found = (0..<TiedDenseTests.rows).flatMap { keeping.output[row: $0].map(Double.init) }
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
