import Kernels
import Networks
import Preparation
import Tensors
import Training

/// How a stream is trained on whose rows are not held as a whole.
public struct StreamRules: Sendable {
  let window: Window
  let epochs: Int?

  /// Rules of a stream.
  ///
  /// - Parameters:
  ///   - window: how many rows are held and shuffled.
  ///   - epochs: how many epochs are due where the stream itself does not say how many it has; nil is any number.
  public init(window: Window, epochs: Int?) { (self.window, self.epochs) = (window, epochs) }
}

/// What a run starts from: the model, the training rows, the validation rows, prepared as the model wants them.
public struct Material {
  /// The frame of the model as it came.
  public let model: Frame
  /// The model's network, with its values.
  public let network: Network
  /// The training rows, of the first epoch where each has rows of its own, or the first window of a stream.
  public private(set) var data: Dataset
  private let stream: EpochStream?
  /// The sum of the training rows once they are released.
  private var checksum: String?
  /// The validation rows, when there are any.
  public let validation: Dataset?
  private let preparation: Preparation?
  /// The names of the columns of raw data, as metadata holds them.
  private let features: String?

  /// Reads the operands by the one rule of input (see `FrameInput`), and validation rows from one more file.
  ///
  /// - Parameters:
  ///   - stream: passes over the training rows window by window, each segment as an epoch; nil holds all rows of an epoch.
  ///   - isUnlabelled: whether only the rows count: answers, classes and weights are left out, and rows for one epoch
  ///     alone are refused.
  /// - Throws: an input failure when model or training rows are missing, or when model and data do not fit.
  public init(
    operands: [String], valid: String? = nil, stream rules: StreamRules? = nil, isUnlabelled: Bool = false,
    team: ThreadTeam
  ) throws(Failure) {
    let input = try FrameInput(operands: operands, team: team)
    let model = try input.model()
    var parts: [String: [Frame]] = [:]
    // Rows for one epoch alone begin a stream of epochs, which is read on while they are trained on.
    var mark: EpochMark?
    var isStream = false
    while !isStream, let next = try input.next(.data) {
      let frame = isUnlabelled ? next.unlabelled : next
      let role = frame.metadata[Metadata.role] ?? "train"
      parts[role, default: []].append(frame)
      if role == "train" { mark = try EpochMark(frame) }
      isStream = mark != nil || rules != nil && role == "train"
      guard mark == nil || !isUnlabelled else {
        throw .input("\(frame.place): rows of one epoch, where rows are due that are for all epochs and layers")
      }
      guard mark == nil || parts[role]?.count == 1 else {
        throw .input("\(frame.place): rows of an epoch behind training rows for all epochs")
      }
    }
    if let valid {
      let more = try FrameInput(operands: [valid], team: team)
      while let frame = try more.next(.data) {
        parts["valid", default: []].append(isUnlabelled ? frame.unlabelled : frame)
      }
    }
    guard let training = parts["train"] else {
      throw .input(
        parts.isEmpty
          ? "no data among the inputs: training rows are due beside \(model.place)"
          : "no training rows: the data has role \(parts.keys.sorted().joined(separator: " and "))")
    }
    // The model's own record and class names, or those that come with the data: for a model that has not been trained
    // yet, or that was stripped of this very record.
    let stripped = model.metadata[Metadata.prepared]
    var found = try Preparation(frame: model)
    if found == nil, let offered = try Preparation(frame: training[0]) {
      let isUntrained = stripped == nil && model.metadata[Metadata.loss] == nil
      if isUntrained || offered.identity == stripped { found = offered }
    }
    let record = found
    let namer = model.metadata[Metadata.classes] == nil ? training[0] : model
    let table = model.metadata[Metadata.features] == nil ? training[0] : model
    // What later epochs are held to; their rows need not be kept for it.
    let (columns, leader) = (table.withoutTensors, namer.withoutTensors)
    func prepared(_ frame: Frame, by team: ThreadTeam) throws(Failure) -> Frame {
      try frame.checkFeatures(like: columns)
      let labelled = try frame.relabelled(to: leader[list: Metadata.classes], of: leader.place)
      return try prepare(labelled, for: record, stripped: stripped, team: team)
    }
    func prepared(_ frames: [Frame]) throws(Failure) -> Dataset {
      try Dataset(frames: try frames.map { (frame) throws(Failure) in try prepared(frame, by: team) })
    }
    self.model = model
    network = try Network(frame: model)
    if isStream {
      let alone = ThreadTeam(threads: 1)
      stream = try EpochStream(training[0], mark, input, rules) { (frame) throws(Failure) in
        try prepared(frame, by: alone)
      }
    } else {
      stream = nil
    }
    data = if let first = try stream?.next() { first } else { try prepared(training) }
    validation = try parts["valid"].map { (frames) throws(Failure) in try prepared(frames) }
    preparation = record
    features = columns.metadata[Metadata.features]
  }

  /// The rows of the epochs after the first; nil where all epochs have the same rows.
  public var epochs: (any EpochSource)? { stream }
  /// How many epochs have rows, as far as it is known.
  public var epochCount: Int? { stream?.count }
  /// Rows of a window of the stream; nil where all rows of an epoch are held.
  public var window: Int? { stream?.window }

  /// Gives up the training rows where another epoch has others, so that two epochs' rows are held and not three.
  public mutating func releaseRows() {
    guard stream != nil else { return }
    checksum = data.checksum
    data = data.gathering(rows: [])
  }

  /// What is likely not meant, in sentences: numbers that are hard to learn from, a loss that does not suit.
  ///
  /// - Parameter loss: the one that was asked for; nil when the data chooses.
  public func remarks(loss: (any Loss)?) -> [String] {
    var remarks: [String] = []
    let value = data.largestValue
    if value > 50, value.isFinite {
      remarks.append("inputs reach \(value); networks learn best near 0: nn-prep --center --scale")
    } else if preparation == nil, let (small, large) = data.unlikeColumns {
      remarks.append(
        "a column reaches \(small), another \(large); networks learn best from like scales: nn-prep --center --scale")
    }
    if let target = data.largestTarget, target > 100, let layer = network.architecture.outputLayer, layer["lr"] == nil {
      remarks.append("targets reach \(target); numbers near 1 are learnt faster: \(advice(on: layer)), or raise --lr")
    }
    if loss == nil, let target = data.largestTarget, target > 1, let last = network.architecture.outputLayer?.name,
      ["sigmoid", "softmax", "tanh"].contains(last)
    {
      remarks.append("targets reach \(target), which no \(last) gives: leave it out at the end of the layer list")
    }
    if loss == nil, data.hasOneHotRows {
      remarks.append("the targets are one-hot rows, learnt as numbers by mse; classes go with --loss cross-entropy")
    }
    return remarks
  }

  /// How the last layer begins at the targets' mean and moves in steps of their deviation, as if they were standardised:
  /// exactly so with Adam, whose steps do not depend on how large gradients are.
  private func advice(on layer: Spec) -> String {
    guard layer.name == "dense", let (mean, deviation) = data.targetMoments else { return "scale them" }
    func rough(_ value: Double) -> String { Numbers.text(Numbers.rounded(value, digits: 2)) }
    return "end the layer list with dense:1,bias_init=constant:\(rough(mean)),lr=\(rough(deviation))"
  }

  /// The loss that goes with data and model: for numbers mse; for class ids cross-entropy, or nll behind logsoftmax; for
  /// two classes and one output bce-with-logits, or bce behind sigmoid.
  public func defaultLoss() throws(Failure) -> any Loss {
    let last = network.architecture.outputLayer?.name
    let name =
      switch (data.hasClasses, network.outputCount) {
      case (false, _): "mse"
      case (true, 1): last == "sigmoid" ? "bce" : "bce-with-logits"
      case (true, _): last == "logsoftmax" ? "nll" : "cross-entropy"
      }
    return try LossKind.make(parsing: name)
  }

  /// By what a checkpoint knows model and data again.
  public var identity: [(key: String, value: String)] {
    // The layers count as much as the values: a factor or a penalty changes the run.
    let layers = Array(network.architecture.text.utf8)
    return [
      ("model", Checksum.text(Checksum.of(layers, after: Checksum.of(model.tensors)))),
      ("data", checksum ?? data.checksum),
      ("validation data", validation?.checksum ?? "none"),
    ]
  }

  /// A trained frame with what the model keeps beside its numbers: the preparation, the classes, other metadata.
  public func complete(_ trained: Frame) throws(Failure) -> Frame {
    var frame = trained
    // A model that was a checkpoint keeps nothing of the run it belonged to.
    frame.metadata.merge(model.metadata.filter { $0.key != "nn.run" }) { new, _ in new }
    if frame.metadata[Metadata.classes] == nil { frame[list: Metadata.classes] = data.classes }
    frame.metadata[Metadata.features] = features
    if let preparation {
      preparation.store(into: &frame)
      // `nn.prepared` says what was done to data; a model only carries how.
      frame.metadata[Metadata.prepared] = nil
    }
    return frame
  }
}

extension Frame {
  /// The frame without answers, classes and weights of rows.
  fileprivate var unlabelled: Frame {
    var frame = self
    for name in ["y", "weight"] { frame.tensors[name] = nil }
    for key in [Metadata.classes, Metadata.targets] { frame.metadata[key] = nil }
    return frame
  }

  /// The frame's metadata and place alone.
  fileprivate var withoutTensors: Frame {
    var frame = self
    frame.tensors = [:]
    return frame
  }
}
