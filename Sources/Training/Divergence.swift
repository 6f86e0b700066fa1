import Kernels
import Networks

/// Where numbers stopped being finite: what a message about a diverged run can point at.
enum Divergence {
  /// The first parameter, or else the first layer, that gives a number which is not finite for a batch; nil when only the
  /// loss does.
  static func place(_ network: Network, _ input: Matrix, _ pass: Pass, _ team: ThreadTeam) -> String? {
    for (name, _, parameter) in network.parameters {
      guard kernels.isFinite(parameter.values.pointer, count: parameter.values.count) else {
        return "'\(name)' is not finite"
      }
    }
    let executor = Executor(network, capacity: pass.rows, team: team, keepsOutputs: true)
    executor.input.copyRows(0..<pass.rows, of: input)
    executor.forward(pass)
    for (i, layer) in network.layers.enumerated() {
      guard executor.output(of: i).isFinite(rows: 0..<pass.rows) else {
        return "layer \(network.architecture.names[i]) (\(layer.spec.name)) was the first"
      }
    }
    return nil
  }
}
