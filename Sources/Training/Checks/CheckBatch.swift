import Kernels
import Networks

/// A network that has run one batch of rows forward, as the first step of training does.
final class CheckBatch {
  let executor: Executor
  let targets: Targets
  let pass: Pass
  private let loss: any Loss
  private let losses: AlignedBuffer<Double>

  init(_ network: Network, _ data: Dataset, _ subject: CheckSubject, keepsOutputs: Bool = false) {
    loss = subject.loss
    pass = Pass(.training, rows: data.rows, seed: UInt64(subject.seed))
    executor = Executor(network, capacity: data.rows, team: subject.team, keepsOutputs: keepsOutputs)
    executor.allocateGradients()
    targets = Targets(capacity: data.rows, columns: network.outputCount, hasWeights: data.weights != nil)
    losses = AlignedBuffer<Double>(count: data.rows)
    data.gather(0..<data.rows, at: 0, order: nil, into: executor.input)
    data.fill(targets, rows: data.rows, at: 0, order: nil)
    executor.forward(pass)
  }

  /// The mean loss of some output for the batch, [rows, outputs].
  func meanLoss(of output: Matrix) -> Double {
    loss.evaluate(output, targets, rows: 0..<pass.rows, scale: 1, gradient: nil, losses: losses.pointer)
    let sum = (0..<pass.rows).reduce(0) { $0 + losses.pointer[$1] }
    return sum / Double(pass.rows * loss.terms(outputs: output.columns))
  }

  /// Runs the gradients of the rows' own losses back through the network.
  func backward() {
    let scale = 1 / Float(loss.terms(outputs: executor.output.columns))
    loss.evaluate(
      executor.output, targets, rows: 0..<pass.rows, scale: scale, gradient: executor.outputGradient,
      losses: losses.pointer)
    executor.backward(pass)
  }
}
