import Kernels
import Networks
import Tensors

/// Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018): each row of a batch becomes
/// λ·row + (1 − λ)·another row, its target and its weight likewise, with one λ ~ Beta(α, α) a batch and the other rows
/// a random order of the batch. A target counts in the blend by its row's weight, so that the loss, which is linear in
/// the target for cross-entropy, is the blend of both rows' weighted losses.
///
/// λ and the order are functions of the seed and the step.
final class Mixup {
  private let alpha: Double
  private let seed: UInt64
  private let team: ThreadTeam
  /// The batch as it was.
  private let input: Matrix
  private let values: Matrix
  private let weights: AlignedBuffer<Float>
  private var order: [Int32]

  init(alpha: Double, seed: Int, capacity: Int, network: Network, team: ThreadTeam) {
    self.alpha = alpha
    self.seed = UInt64(seed)
    self.team = team
    input = Matrix(capacity: capacity, columns: network.inputCount)
    values = Matrix(capacity: capacity, columns: network.outputCount)
    weights = AlignedBuffer<Float>(count: capacity)
    order = [Int32](repeating: 0, count: capacity)
  }

  /// Fails where a blend of two rows' answers is none that the loss could take.
  static func check(_ options: TrainingOptions) throws(Failure) {
    guard options.mixup != nil else { return }
    let loss = options.loss
    guard loss.answers != .classes, loss.answers != .signs else {
      throw .usage(
        "--mixup blends the answers of two rows, and \(loss.spec.name) takes none between two classes: "
          + "it goes with cross-entropy, bce-with-logits and losses of numbers")
    }
    guard loss.ignoredClass == nil else {
      throw .usage("--mixup blends the answers of two rows, and a row of an ignored class has none: leave out ignore=")
    }
    guard options.classWeights == nil || loss.answers == .classesOrShares else {
      throw .usage("--mixup goes with --class-weight for cross-entropy only")
    }
  }

  /// Blends the first rows of a batch, for one step.
  func blend(_ batch: Matrix, _ targets: Targets, rows: Int, step: Int) {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose.mixup, index: UInt32(truncatingIfNeeded: step))
    let share = Float(stream.nextBeta(alpha))
    stream.permute(&order, count: rows)
    if targets.holdsClasses {
      // One output holds the class ids 0 and 1 as values already.
      if targets.values.columns > 1 { targets.spreadClasses(0..<rows) }
      targets.holdsClasses = false
    }
    let tiles = TileGrid(rows: rows, columns: 1, tileRows: max(1, 32768 / batch.columns), tileColumns: 1)
    team.forEach(tiles.count) { t in
      let tile = tiles[t].rows
      input.copyRows(tile, of: batch)
      values.copyRows(tile, of: targets.values)
      for row in tile { weights.pointer[row] = targets.weights.pointer[row] }
    }
    let order = order
    team.forEach(tiles.count) { t in
      for row in tiles[t].rows {
        let other = Int(order[row])
        let (own, others) = (share * weights.pointer[row], (1 - share) * weights.pointer[other])
        let isWeighted = weights.pointer[row] != weights.pointer[other]
        batch.blendRow(row, of: input, with: other, share: share)
        targets.values.blendRow(row, of: values, with: other, share: isWeighted ? own / (own + others) : share)
        targets.weights.pointer[row] = isWeighted ? own + others : weights.pointer[row]
      }
    }
  }
}
