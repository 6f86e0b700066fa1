import Kernels
import Networks
import Tensors
import Testing

/// The decoder of convolutions: by its formula, by gradient checks, and on the encoder's weights against weights of its own.
@Suite struct TransposedConvolutionTests {
  /// Convolutions of images of 10×9, with their channels: plain, framed, strided with places that no kernel reaches, dilated,
  /// in groups, each channel alone, by Winograd's filtering, and with more weights than have sums by chunks.
  static let cases: [(channels: Int, layer: String)] = [
    (3, "conv:5:3"), (2, "conv:4:3x2,pad=1"), (3, "conv:4:2,stride=3"), (2, "conv:6:3,stride=2,pad=1,dilation=2"),
    (4, "conv:6:3,groups=2,pad=same"), (5, "conv:5:3,groups=5,pad=1"), (16, "conv:16:3,pad=1"), (90, "conv:90:3,pad=1"),
  ]
  private static let rows = 5

  private func network(_ channels: Int, _ layer: String, isTied: Bool) throws -> Network {
    let encoder = try Network(Architecture(input: [10, 9, channels], parsing: [layer, "tanh"]))
    try encoder.initialize(seed: 2)
    let decoder = try #require(TransposedConvolution(of: encoder.layers[0], isTied: isTied))
    if !isTied { decoder.parameters[0].load(encoder.layers[0].parameters[0].tensor.floats) }
    return try Network(encoder.layers + [decoder], named: ["0", "1", "2"])
  }

  private func executor(_ network: Network, threads: Int) -> Executor {
    let executor = Executor(network, capacity: TransposedConvolutionTests.rows, team: ThreadTeam(threads: threads))
    executor.allocateGradients()
    var stream = RandomStream(seed: 8, purpose: 98)
    for matrix in [executor.input, executor.outputGradient] {
      for row in 0..<TransposedConvolutionTests.rows {
        for c in 0..<matrix.columns { matrix.pointer[row * matrix.ld + c] = Float(stream.nextNormal()) }
      }
    }
    return executor
  }

  private func run(_ network: Network, threads: Int) -> Executor {
    let executor = executor(network, threads: threads)
    let pass = Pass(.training, rows: TransposedConvolutionTests.rows)
    executor.forward(pass)
    executor.backward(pass)
    return executor
  }

  private func output(_ executor: Executor) -> [Double] {
    (0..<TransposedConvolutionTests.rows).flatMap { executor.output[row: $0].map(Double.init) }
  }

  private func gradient(_ executor: Executor, _ layer: Int, _ number: Int) throws -> [Double] {
    let parameter = executor.network.layers[layer].parameters[number]
    return parameter.tensor(of: try #require(parameter.gradient)).doubles
  }

  /// Relative to the largest value.
  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    let largest = b.reduce(1e-3) { max($0, abs($1)) }
    return a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest : .infinity
  }

  @Test("agrees with its formula and passes the gradient check", arguments: cases)
  func agreesWithFormula(channels: Int, layer: String) throws {
    let network = try network(channels, layer, isTied: false)
    let executor = executor(network, threads: 2)
    let pass = Pass(.training, rows: TransposedConvolutionTests.rows)
    let count = executor.output.columns
    let targets = Targets(capacity: pass.rows, columns: count)
    targets.values.copyRows(0..<pass.rows, of: executor.outputGradient)
    let findings = GradientCheck(
      executor, loss: try LossKind.make(parsing: "mse"), targets: targets, pass: pass
    ).run(samples: channels > 16 ? 3 : 20)
    #expect(findings.count == 4)
    for finding in findings { #expect(finding.error < 5e-5, "\(finding.name)") }
    let input = (0..<pass.rows).flatMap { executor.input[row: $0].map(Double.init) }
    let expected = zip(network.layers.indices, network.layers).reduce(input) { x, layer in
      layer.1.reference(x, values: layer.1.parameters.map(\.tensor.doubles), pass)
    }
    #expect(difference(output(executor), expected) < 1e-5)
  }

  @Test("on the encoder's weights gives the same outputs, and the sum of both gradients", arguments: cases, [1, 3])
  func tied(of example: (channels: Int, layer: String), threads: Int) throws {
    let tied = run(try network(example.channels, example.layer, isTied: true), threads: threads)
    let untied = run(try network(example.channels, example.layer, isTied: false), threads: threads)
    #expect(output(tied) == output(untied))
    let sum = zip(try gradient(untied, 0, 0), try gradient(untied, 2, 0)).map(+)
    #expect(difference(try gradient(tied, 0, 0), sum) < 1e-6)
    #expect(try gradient(tied, 0, 1) == gradient(untied, 0, 1))
    #expect(try gradient(tied, 2, 0) == gradient(untied, 2, 1))
  }
}
