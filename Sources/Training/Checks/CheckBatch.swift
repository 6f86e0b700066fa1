import Kernels
import Networks
import Tensors

/// A network that has run one batch of rows forward, as the first step of training does.
final class CheckBatch {
  let executor: Executor
  let targets: Targets
  let pass: Pass
  private let loss: any Loss
  private let scorer: Scorer

  init(_ network: Network, _ data: Dataset, _ subject: CheckSubject, keepsOutputs: Bool = false) throws(Failure) {
    try subject.checkRows(data)
    loss = subject.loss
    pass = Pass(.training, rows: data.rows, seed: UInt64(subject.seed))
    executor = Executor(network, capacity: data.rows, team: subject.team, keepsOutputs: keepsOutputs)
    executor.allocateGradients()
    targets = Targets(capacity: data.rows, columns: network.outputCount)
    scorer = Scorer(loss, capacity: data.rows, team: subject.team)
    data.gather(0..<data.rows, at: 0, order: nil, into: executor.input)
    data.fill(targets, rows: data.rows, at: 0, order: nil)
    executor.forward(pass)
  }

  /// The mean loss of some output for the batch, [rows, outputs].
  func meanLoss(of output: Matrix) -> Double {
    scorer.score(of: scorer.score(output, targets, rows: pass.rows, gradient: nil)).loss
  }

  /// Runs the gradients of the rows' own losses back through the network.
  func backward() {
    let terms = loss.terms(targets, rows: pass.rows, outputs: executor.output.columns)
    scorer.evaluate(
      executor.output, targets, rows: pass.rows, scale: Float(Double(pass.rows) / terms),
      gradient: executor.outputGradient)
    executor.backward(pass)
  }
}
