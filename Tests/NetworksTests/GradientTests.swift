import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

/// Forward and backward of whole networks against PyTorch, and against central differences.
@Suite struct GradientTests {
  /// An executor with a file's batch in its input, and what the batch should give.
  private func prepare(
    _ network: Network, _ frame: Frame, threads: Int
  ) throws -> (executor: Executor, targets: Targets, loss: any Loss) {
    let team = ThreadTeam(threads: threads)
    let x = try frame.tensor("x")
    let y = try frame.tensor("y")
    let executor = Executor(network, capacity: x.rows, team: team)
    executor.allocateGradients()
    let loss = try LossKind.make(parsing: try #require(frame.metadata["loss"]))
    let targets = Targets(
      capacity: x.rows, columns: network.outputCount, holdsClasses: loss.answers.areClasses)
    executor.input.fill(x)
    if targets.holdsClasses {
      for (row, label) in (y.integers ?? []).enumerated() { targets.labels.pointer[row] = Int32(label) }
    } else {
      targets.values.fill(y)
    }
    return (executor, targets, loss)
  }

  /// Puts a batch through a network and back; returns the mean loss.
  private func run(_ network: Network, _ frame: Frame, threads: Int) throws -> (executor: Executor, loss: Double) {
    let (executor, targets, loss) = try prepare(network, frame, threads: threads)
    let x = try frame.tensor("x")
    let losses = AlignedBuffer<Double>(count: x.rows)
    executor.forward(Pass(.training, rows: x.rows))
    let factor = loss.factor(terms: loss.terms(targets, rows: x.rows, outputs: network.outputCount))
    loss.evaluate(
      executor.output, targets, rows: 0..<x.rows, scale: Float(factor), gradient: executor.outputGradient,
      losses: losses.pointer)
    let sum = (0..<x.rows).reduce(0.0) { $0 + losses.pointer[$1] } * factor
    executor.backward(Pass(.training, rows: x.rows))
    withExtendedLifetime(losses) {}
    return (executor, sum)
  }

  @Test("agrees with PyTorch to 1e-5", arguments: Golden.names("gradients-"), [1, 2])
  func agreesWithPyTorch(name: String, threads: Int) throws {
    let frame = try Golden.read(name)
    let network = try Golden.network(frame)
    let (executor, loss) = try run(network, frame, threads: threads)
    let count = try frame.tensor("x").rows
    #expect(Golden.relativeDifference([Float(loss)], try frame.tensor("loss").floats) < 1e-5)
    #expect(Golden.relativeDifference(executor.output.values(rows: count), try frame.tensor("output").floats) < 1e-5)
    for (name, _, parameter) in network.parameters where parameter.isTrainable {
      let gradient = try #require(parameter.gradient)
      let found = parameter.tensor(of: gradient).floats
      #expect(Golden.relativeDifference(found, try frame.tensor("grad." + name).floats) < 1e-5, "\(name)")
    }
    for (name, expected) in frame.tensors(under: "after.") {
      let found = try #require(network.tensors[name])
      #expect(Golden.relativeDifference(found.floats, expected.floats) < 1e-5, "\(name)")
    }
    executor.forward(Pass(.inference, rows: count))
    #expect(Golden.relativeDifference(executor.output.values(rows: count), try frame.tensor("inference").floats) < 1e-5)
  }

  @Test("agrees with central differences in Float64", arguments: Golden.names("gradients-"))
  func agreesWithDifferences(name: String) throws {
    let frame = try Golden.read(name)
    let network = try Golden.network(frame)
    let (executor, targets, loss) = try prepare(network, frame, threads: 1)
    let pass = Pass(.training, rows: try frame.tensor("x").rows)
    let findings = GradientCheck(executor, loss: loss, targets: targets, pass: pass).run(samples: 25)
    #expect(findings.count == network.parameters.count { $0.parameter.isTrainable })
    for finding in findings { #expect(finding.error < 5e-5, "\(finding.name)") }
  }

  /// Where branches end and begin without a transform between, gradients are in use when a stage is not at work.
  @Test(
    "blocks in blocks agree with central differences in Float64",
    arguments: [
      "residual residual conv:16:1 shortcut conv:16:1 end tanh shortcut conv:16:1 conv:16:1 end",
      "conv:32:3,pad=1 residual residual conv:32:3,pad=1 end shortcut end conv:16:3,pad=1",
      "residual conv:16:3,pad=1 residual prelu end shortcut conv:3:1 conv:16:3,pad=1 end",
      "conv:16:3,pad=1 residual conv:16:1 residual conv:16:1 shortcut conv:16:1 end relu shortcut conv:16:3,pad=1 bn "
        + "conv:16:1 end",
      "residual conv:16:3,pad=1 residual conv:16:3,pad=1,groups=16 end shortcut bn bn end conv:16:3,pad=1",
      "residual conv:32:3,pad=1 shortcut residual relu conv:16:3,pad=1 end conv:32:1 end",
      "conv:16:3,pad=1 residual conv:8:3,pad=1,stride=2 shortcut residual relu conv:16:3,pad=1 end conv:8:1,stride=2 end",
      "conv:16:3,pad=1 residual bn relu conv:16:3,pad=1 end residual bn end tanh bn conv:16:3,pad=1",
    ])
  func blocksInBlocks(text: String) throws {
    let layers = text.split(separator: " ").map(String.init) + ["globalavgpool", "dense:3"]
    let network = try Network(Architecture(input: [8, 8, 16], parsing: layers))
    try network.initialize(seed: 3)
    let rows = 5
    let executor = Executor(network, capacity: rows, team: ThreadTeam(threads: 2))
    executor.allocateGradients()
    let loss = try LossKind.make(parsing: "mse")
    let targets = Targets(capacity: rows, columns: 3, holdsClasses: false)
    var stream = RandomStream(seed: 4, purpose: 78)
    for row in 0..<rows {
      for c in 0..<executor.input.columns {
        executor.input.pointer[row * executor.input.ld + c] = Float(stream.nextNormal())
      }
      for c in 0..<3 { targets.values.pointer[row * targets.values.ld + c] = Float(stream.nextNormal()) }
    }
    let pass = Pass(.training, rows: rows)
    let findings = GradientCheck(executor, loss: loss, targets: targets, pass: pass).run(samples: 3)
    // A bias before a batch norm has no gradient but rounding.
    for finding in findings where finding.largest > 1e-6 { #expect(finding.error < 2e-4, "\(finding.name)") }
  }

  @Test("the first random layer can begin a stage of its own without changing the output")
  func prefixKept() throws {
    let network = try Network(Architecture(input: [5], parsing: ["dense:7", "relu", "dropout:0.5", "tanh", "dense:3"]))
    try network.initialize(seed: 3)
    let team = ThreadTeam(threads: 1)
    var outputs: [[Float]] = []
    for keepsPrefix in [false, true] {
      let executor = Executor(network, capacity: 4, team: team, keepsPrefix: keepsPrefix)
      for i in 0..<4 { for c in 0..<5 { executor.input.pointer[i * executor.input.ld + c] = Float(i - c) / 3 } }
      executor.forward(Pass(.monteCarlo, rows: 4, seed: 1, step: 0))
      executor.forwardFromFirstRandomLayer(Pass(.monteCarlo, rows: 4, seed: 1, step: 5))
      outputs.append(executor.output.values(rows: 4))
    }
    #expect(outputs[0] == outputs[1])
  }
}
