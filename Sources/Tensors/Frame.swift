/// One safetensors image with a meaning: named tensors, short texts, and its place in a stream.
public struct Frame: Sendable {
  /// What a frame holds (metadata key `nn.kind`).
  public enum Kind: String, CaseIterable, Sendable {
    case data, model, prep, prediction

    /// The kind in a sentence: "a model", "data".
    public var phrase: String {
      switch self {
      case .data: "data"
      case .model: "a model"
      case .prep: "a preparation"
      case .prediction: "predictions"
      }
    }
  }

  /// What the frame holds; nil for a foreign file that has no tensor `x`, such as a state dict.
  public var kind: Kind?
  /// All metadata but the keys that describe the frame itself (version, kind, frame, last, crc32).
  public var metadata: [String: String]
  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// The number of this frame within its segment, from 0.
  public var index: Int
  /// Whether the segment ends with this frame.
  public var isLast: Bool
  /// Where the frame was read: a file's name or "standard input", and the frame's number when it is not alone.
  public var place: String

  /// A frame that is a segment of its own.
  public init(
    _ kind: Kind?, metadata: [String: String] = [:], tensors: [String: Tensor] = [:], index: Int = 0,
    isLast: Bool = true, place: String = ""
  ) {
    self.kind = kind
    self.metadata = metadata
    self.tensors = tensors
    self.index = index
    self.isLast = isLast
    self.place = place
  }

  /// The tensor of a name, or an input failure that says what is missing where.
  public func tensor(_ name: String) throws(Failure) -> Tensor {
    guard let tensor = tensors[name] else {
      throw .input("\(place): no tensor '\(name)' in \(kind?.phrase ?? "this file")")
    }
    return tensor
  }

  /// The tensors whose names begin with a prefix, keyed by the rest of their names.
  public func tensors(under prefix: String) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix) {
      found[String(name.dropFirst(prefix.count))] = tensor
    }
    return found
  }

  /// A list of texts kept in the metadata as a JSON array, as `nn.classes` and `nn.features` are.
  public subscript(list key: String) -> [String]? {
    get {
      guard let text = metadata[key], let values = try? JSON.parse(text, depth: 2).array else { return nil }
      let strings = values.compactMap(\.string)
      return strings.count == values.count ? strings : nil
    }
    set { metadata[key] = newValue.map { JSON.array($0.map(JSON.string)).text } }
  }

  /// What the frame holds, for messages such as "holds data where a model is due".
  public var phrase: String {
    if let kind { return kind.phrase }
    return tensors.isEmpty ? "no tensors" : "plain tensors"
  }
}

/// Names of the tensors in a model frame that are no parameters.
public enum ModelTensors {
  /// What they begin with, before the first dot: the preparation, then the state of training.
  public static let reserved = ["prep"] + trainingState
  private static let trainingState = ["optimizer", "state", "best", "average", "pretraining"]

  /// Whether a tensor is no parameter but preparation or training state.
  public static func isReserved(_ name: String) -> Bool { reserved.contains { name.hasPrefix($0 + ".") } }
  /// Whether a tensor is training state.
  public static func isTrainingState(_ name: String) -> Bool { trainingState.contains { name.hasPrefix($0 + ".") } }
}

/// Names of metadata that more than one kind of frame uses.
public enum Metadata {
  /// The loss that a model was trained with, as a spec.
  public static let loss = "nn.loss"
  /// How layers of a model were pretrained: `rbm` or `autoencoder`.
  public static let pretraining = "nn.pretraining"
  /// Class names, a JSON array; the class id is the position.
  public static let classes = "nn.classes"
  /// Names of the targets, a JSON array: of the columns of `y`, and of what is predicted for them.
  public static let targets = "nn.targets"
  /// What the columns of predicted probabilities are to each other: `independent`, or absent for those of one choice.
  public static let probabilities = "nn.probabilities"
  /// The value of `nn.probabilities` for probabilities of yes, each against no.
  public static let independent = "independent"
  /// Names of the input columns, a JSON array.
  public static let features = "nn.features"
  /// The part a data frame belongs to: `train`, `valid` or `test`.
  public static let role = "nn.role"
  /// The number, from 0, of the pass over the training data that a segment is for.
  public static let epoch = "nn.epoch"
  /// How many such passes the stream has.
  public static let epochs = "nn.epochs"
  /// The identity of the preparation that was applied to `x`.
  public static let prepared = "nn.prepared"
  /// The layer list of a model, one layer a line.
  public static let architecture = "nn.arch"
  /// The shape of one input row of a model: sizes joined by `x`.
  public static let input = "nn.input"
}
