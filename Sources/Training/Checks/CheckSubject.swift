import Kernels
import Networks
import Tensors

/// What the sanity checks look at: a model, training rows, and the loss that is to be minimised.
///
/// Each check runs on a network of its own, made of the model's frame, so that none leaves traces for the next.
public struct CheckSubject {
  let model: Frame
  let data: Dataset
  let loss: any Loss
  /// How many rows the checks of one batch look at.
  let rows: Int
  /// The key of all random numbers.
  let seed: Int
  let team: ThreadTeam

  /// A subject; fails when model, loss and data do not belong together.
  public init(
    model: Frame, data: Dataset, loss: any Loss, rows: Int = 256, seed: Int = 0, team: ThreadTeam
  ) throws(Failure) {
    self.model = model
    self.data = data
    self.loss = loss
    self.rows = min(rows, data.rows)
    self.seed = seed
    self.team = team
    let network = try Network(frame: model)
    try Match(network, loss).check(data, "training data", team: team)
    guard self.rows >= (network.layers.map(\.needsRows).max() ?? 1) else {
      throw .usage("batch normalisation takes the statistics of a batch: two rows or more are due")
    }
  }

  /// Fails when none of the rows counts, of which the loss and the gradients would be a mean over nothing.
  func checkRows(_ sample: Dataset) throws(Failure) {
    guard let ignored = loss.ignoredClass, case .classes(let labels) = sample.answers,
      labels.allSatisfy({ Int($0) == ignored })
    else { return }
    throw .usage("the rows looked at are all of the ignored class: more are due, by --rows")
  }

  /// The model's network.
  func network() throws(Failure) -> Network { try Network(frame: model) }

  /// The model's network without what makes learning harder on purpose: no dropout, no penalties, no largest norm.
  func unregularizedNetwork() throws(Failure) -> Network {
    var plain = model
    plain.metadata[Metadata.architecture] = try network().architecture.unregularized().text
    return try Network(frame: plain)
  }

  /// Rows drawn at random, the first of the order in which training with the same seed begins.
  func sample(_ count: Int) -> Dataset {
    var stream = RandomStream(seed: UInt64(seed), purpose: RandomPurpose.shuffle, index: 0)
    return data.gathering(rows: stream.permutation(data.rows).prefix(count).map(Int.init))
  }
}
