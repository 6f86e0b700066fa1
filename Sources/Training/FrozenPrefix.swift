import Kernels
import Networks
import Tensors

/// Layers at the bottom of a network that training leaves as they are: the data goes through them once, and the rest is
/// trained on what they made of it, with the same result as if they ran in every step.
struct FrozenPrefix {
  /// How many layers.
  let count: Int
  /// What is above them, which is trained.
  let rest: Network
  private let network: Network

  /// The prefix of a network; nil when there is none that makes work, or when what it makes of so many rows would take
  /// more memory than `limit` bytes.
  init?(of network: Network, rows: Int, limit: Int) throws(Failure) {
    let changing = network.layers.firstIndex { $0.isTrainable || $0.isRandom || $0.activityPenalty != nil } ?? 0
    count = network.wiring.block(acrossCutAt: changing)?.start ?? changing
    let layers = network.layers[..<count]
    guard layers.contains(where: { $0.multiplyAdds > 0 }), let last = layers.last,
      rows <= limit / MemoryLayout<Float>.size / last.outputCount
    else { return nil }
    rest = try network.suffix(from: count)
    self.network = network
  }

  /// The rows as they come out of the prefix, with their answers.
  func outputs(of data: Dataset, team: ThreadTeam, while isWanted: () -> Bool) throws(Failure) -> Dataset {
    data.replacingRows(by: try network.outputs(of: data, layers: count, team: team, while: isWanted))
  }
}
