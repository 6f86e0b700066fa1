import Kernels
import Networks
import Tensors

/// The averaged parameters of a run, beside those that are trained (PyTorch's `AveragedModel`).
///
/// An exponential average takes running statistics along with the parameters. For a stochastic one they are taken anew
/// in a pass over the training data (`update_bn`), since statistics of one network do not fit the mean of many.
final class WeightAverage {
  private struct Member {
    var name: String
    var parameter: Parameter
    /// The average, in the parameter's layout.
    var values: AlignedBuffer<Float>
    /// Whether it is averaged; otherwise it is a statistic that `collectStatistics` makes.
    var isAveraged: Bool
  }

  private let rule: Average
  private let team: ThreadTeam
  private var members: [Member] = []
  /// Pieces of members that one thread works on.
  private var chunks: [(member: Int, range: Range<Int>)] = []
  /// Layers whose statistics have to be taken anew.
  private var layers: [any RunningStatistics] = []
  /// The counters of those layers in the network that is trained, while the average is in its place.
  private var counters: [[String: Int]] = []

  init(_ rule: Average, _ network: Network, team: ThreadTeam) {
    self.rule = rule
    self.team = team
    var keepsStatistics = true
    if case .stochastic = rule.rule {
      keepsStatistics = false
      layers = network.layers.filter(\.isTrainable).compactMap { $0 as? any RunningStatistics }
    }
    for (name, layer, parameter) in network.parameters where network.layers[layer].isTrainable {
      let isStatistic = parameter.role == .buffer
      guard parameter.isTrainable || (isStatistic && (keepsStatistics || network.layers[layer] is RunningStatistics))
      else { continue }
      members.append(
        Member(
          name: name, parameter: parameter, values: AlignedBuffer<Float>(count: parameter.values.count),
          isAveraged: !isStatistic || keepsStatistics))
    }
    for (m, member) in members.enumerated() where member.isAveraged {
      for start in stride(from: 0, to: member.values.count, by: 16384) {
        chunks.append((m, start..<min(member.values.count, start + 16384)))
      }
    }
  }

  /// Whether its statistics take a pass over the training data.
  var needsPass: Bool { !layers.isEmpty }

  /// Takes the parameters of the network into the average where it is time to: after a step, or at the end of an epoch,
  /// counted from 1 in the run.
  ///
  /// - Parameter count: how many sets of parameters are in the average.
  func take(epoch: Int, endsEpoch: Bool, count: inout Int) {
    switch rule.rule {
    case .exponential: guard !endsEpoch else { return }
    case .stochastic(let first): guard endsEpoch, epoch >= first else { return }
    }
    let share = Float(rule.share(after: count))
    team.forEach(chunks.count) { i in
      let (m, range) = chunks[i]
      kernels.moveTowards(
        members[m].values.pointer + range.lowerBound, members[m].parameter.values.pointer + range.lowerBound,
        count: range.count, share: share)
    }
    count += 1
  }

  /// Puts the averaged parameters in the place of the trained ones while `body` runs.
  ///
  /// - Parameter pass: runs the training data through the network once, in training mode; it is asked for when
  ///   statistics have to be taken anew.
  func inPlace(pass: () -> Void, _ body: () -> Void) {
    exchange()
    counters = layers.map(\.counters)
    if needsPass {
      for layer in layers {
        layer.resetStatistics()
        layer.countsBatchesEqually = true
      }
      pass()
      for layer in layers { layer.countsBatchesEqually = false }
    }
    body()
    for (layer, counters) in zip(layers, counters) { layer.counters = counters }
    exchange()
  }

  private func exchange() {
    for member in members {
      let (a, b) = (member.values, member.parameter.values)
      for i in 0..<a.count { (a[i], b[i]) = (b[i], a[i]) }
    }
  }

  /// The average as tensors `average.<parameter>` of a checkpoint.
  var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for member in members where member.isAveraged {
      result["average.\(member.name)"] = member.parameter.tensor(of: member.values)
    }
    return result
  }

  /// Takes over the average of a checkpoint.
  func load(_ frame: Frame) throws(Failure) {
    for member in members where member.isAveraged {
      let tensor = try frame.tensor("average.\(member.name)")
      guard tensor.shape == member.parameter.shape else {
        throw .input(
          "\(frame.place): 'average.\(member.name)' has shape \(tensor.shape) where \(member.parameter.shape) is due")
      }
      member.parameter.load(tensor.floats, into: member.values)
    }
  }
}
