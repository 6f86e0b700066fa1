import Kernels
import Networks
import Tensors

/// Training rows that come anew for each epoch: all of an epoch's at once, or a window of them at a time.
public protocol EpochSource: AnyObject {
  /// Whether they come in windows, so that nobody knows how many there are before the end of an epoch.
  var isWindowed: Bool { get }
  /// The rows that come next, which are waited for; nil when there are no more.
  func next() throws(Failure) -> Dataset?
}

/// How many rows of an epoch are shuffled with each other, and of a stream how many are held.
public struct Window: Sendable {
  private let rows: Int?
  private let batchSize: Int

  /// A window of some rows; nil is as many as are 64 MiB of floats, and no more than 65,536.
  public init(rows: Int?, batchSize: Int) { (self.rows, self.batchSize) = (rows, batchSize) }

  /// The number of rows, which are whole batches, for rows of so many values.
  public func count(columns: Int) -> Int {
    let wanted = rows ?? max(1, min(65536, (1 << 24) / max(1, columns)))
    return (wanted + batchSize - 1) / batchSize * batchSize
  }
}

/// The training rows in hand: all of them, those of an epoch, or a window; and the order in which they are taken.
final class TrainingRows {
  /// The rows in hand.
  private(set) var data: Dataset
  /// How many rows of the epoch come before them.
  private(set) var start = 0
  /// Row i of the epoch that is trained on is row order[i − start] of those in hand; empty is as they lie.
  private(set) var order: [Int32] = []
  private let source: (any EpochSource)?
  private let options: TrainingOptions
  /// The epoch of this run, from 0, that they are for, where each has rows of its own.
  private var epoch = 0

  init(_ data: Dataset, _ source: (any EpochSource)?, _ options: TrainingOptions) {
    (self.data, self.source, self.options) = (data, source, options)
  }

  /// Whether all epochs have these rows.
  var areForAllEpochs: Bool { source == nil }
  /// Whether they are a window of an epoch's rows.
  var areWindow: Bool { source?.isWindowed == true }
  /// Rows of the epoch up to the last in hand.
  var end: Int { start + data.rows }
  /// Whether the epoch ends with them.
  var endEpoch: Bool { data.endsEpoch }

  /// Puts the same rows with other values in their place.
  func replace(by data: Dataset) { self.data = data }

  /// Gets the rows of an epoch of this run, from 0, that follow its first `position`; those before them are passed over.
  /// Returns whether there are any.
  ///
  /// - Parameter check: looks at rows that have come, and is told what to call them.
  func take(
    epoch: Int, after position: Int, check: (Dataset, String) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard let source else { return true }
    while self.epoch < epoch || position >= end {
      if endEpoch, self.epoch == epoch {
        throw .input("epoch \(epoch + 1) has \(end) rows where \(position) were trained on: the data is another")
      }
      guard let next = try source.next() else {
        if self.epoch >= epoch - 1, position == 0 { return false }
        throw .input(
          "the data ends after epoch \(self.epoch + 1), and the run has come to epoch \(epoch + 1): it is another")
      }
      let (from, number) = endEpoch ? (0, self.epoch + 1) : (end, self.epoch)
      let place = "epoch \(number + 1)" + (from > 0 ? " from row \(from) on" : "")
      try next.checkContinues(data, place, isWindow: source.isWindowed)
      try check(next, place)
      (data, start, self.epoch) = (next, from, number)
    }
    return true
  }

  /// Puts the rows in a random order, each window by itself: a function of the seed, the epoch (since the model was made)
  /// and the number of the window, so that it is the same whether all windows are in hand or one.
  ///
  /// The windows of an epoch are of so many rows each as they come; the last has what is left, a single row of which
  /// would be no window of its own.
  func shuffle(epoch: Int) {
    guard options.shuffles else { return }
    var stream = RandomStream(
      seed: UInt64(options.seed), purpose: RandomPurpose.shuffle, index: UInt32(truncatingIfNeeded: epoch))
    let window = options.window ?? data.rows
    order.removeAll(keepingCapacity: true)
    while order.count < data.rows {
      let (first, left) = (order.count, data.rows - order.count)
      stream.seek(to: UInt64((start + first) / window) << 40)
      let rows = stream.permutation(left <= window + 1 ? left : window)
      order.append(contentsOf: first == 0 ? rows : rows.map { $0 + Int32(first) })
    }
  }

  /// Calls `body` with the order, or with nil for rows as they lie.
  func withOrder(_ isShuffled: Bool, _ body: (UnsafePointer<Int32>?) -> Void) {
    order.withUnsafeBufferPointer { body(isShuffled ? $0.baseAddress : nil) }
  }
}
