import Tensors

/// One model whose parameters are the weighted mean of several models' (a "model soup", Wortsman et al. 2022; local
/// stochastic gradient descent; stochastic weight averaging, Izmailov et al. 2018).
///
/// θ = Σ_m w_m θ_m for tensors of floats, in double precision; whole numbers such as `num_batches_tracked` are the first
/// model's. The state of training (`optimizer.`, `state.`, `best.`, `average.`) is averaged likewise when all models have the
/// same tensors of it, and left out otherwise. Half-precision tensors become F32.
public struct ModelAverage {
  private let weights: MemberWeights
  /// Models taken so far.
  public private(set) var members = 0
  /// Whether the state of training was left out, because the models differ in it.
  public private(set) var dropsTrainingState = false
  private var first: Frame?
  private var means: [String: RunningMoments] = [:]
  private var total = 0.0

  /// An average of no models yet.
  public init(weights: MemberWeights = MemberWeights()) { self.weights = weights }

  /// Adds a model.
  ///
  /// - Throws: an input failure that names the first difference when it is not built like the first model.
  public mutating func add(_ frame: Frame) throws(Failure) {
    if frame.kind == .prediction {
      throw .input("\(frame.place): holds predictions where a model is due; without --models predictions are combined")
    }
    try frame.require([.model])
    guard frame.isLast, frame.index == 0 else {
      throw .input("\(frame.place): a model is one frame, and this one belongs to several")
    }
    let weight = try weights.weight(of: members, at: frame.place)
    total += weight
    members += 1
    if let first {
      try compare(frame, first)
    } else {
      first = frame
      for (name, tensor) in frame.tensors where ModelAverage.isAveraged(name, tensor) {
        means[name] = RunningMoments()
        means[name]?.grow(by: tensor.count)
      }
    }
    for name in Array(means.keys) {
      let values = try frame.tensor(name).doubles
      means[name]?.add(at: 0, count: values.count, weight: weight, total: total) { values[$0] }
    }
  }

  private static func isAveraged(_ name: String, _ tensor: Tensor) -> Bool {
    !tensor.type.isInteger && !name.hasPrefix("prep.")
  }

  private mutating func compare(_ frame: Frame, _ first: Frame) throws(Failure) {
    for key in [Metadata.architecture, Metadata.input, Metadata.classes, Metadata.prepared] {
      try ModelAverage.compare(key, frame, first)
    }
    let names = Set(frame.tensors.keys).union(first.tensors.keys)
    if !dropsTrainingState {
      let state = names.filter(ModelTensors.isTrainingState)
      if state.contains(where: { !ModelAverage.agree(frame.tensors[$0], first.tensors[$0]) }) {
        dropsTrainingState = true
        for name in state { means[name] = nil }
      }
    }
    for name in names.sorted() where !ModelTensors.isTrainingState(name) {
      guard let mine = frame.tensors[name] else {
        throw .input("\(frame.place): no tensor '\(name)' where \(first.place) has one")
      }
      guard let theirs = first.tensors[name] else {
        throw .input("\(frame.place): a tensor '\(name)' where \(first.place) has none")
      }
      guard ModelAverage.agree(mine, theirs) else {
        throw .input(
          "\(frame.place): '\(name)' is \(mine.type.rawValue) \(mine.shape) where \(first.place) has "
            + "\(theirs.type.rawValue) \(theirs.shape)")
      }
      if name.hasPrefix("prep."), !(mine == theirs) {
        throw .input("\(frame.place): '\(name)' differs from \(first.place): the data was prepared otherwise")
      }
    }
  }

  private static func agree(_ left: Tensor?, _ right: Tensor?) -> Bool {
    left?.type == right?.type && left?.shape == right?.shape
  }

  /// Fails at the first line in which a text of the two models differs.
  private static func compare(_ key: String, _ frame: Frame, _ first: Frame) throws(Failure) {
    guard frame.metadata[key] != first.metadata[key] else { return }
    let mine = lines(frame.metadata[key])
    let theirs = lines(first.metadata[key])
    let differing = (0..<max(mine.count, theirs.count)).first { i in
      i >= mine.count || i >= theirs.count || mine[i] != theirs[i]
    }
    let i = differing ?? 0
    func quoted(_ lines: [Substring]) -> String { i < lines.count ? "'\(lines[i])'" : "nothing" }
    let place = max(mine.count, theirs.count) > 1 ? "\(key) line \(i + 1)" : key
    throw .input("\(frame.place): \(place) is \(quoted(mine)) where \(first.place) has \(quoted(theirs))")
  }

  private static func lines(_ text: String?) -> [Substring] {
    text?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
  }

  /// The averaged model, with the first model's texts.
  ///
  /// - Throws: a usage failure when there are more weights than models.
  public func result() throws(Failure) -> Frame {
    try weights.check(members: members)
    guard var frame = first, total > 0 else {
      throw .usage("--weights: all models that came have weight 0")
    }
    frame.metadata["nn.run"] = nil  // an average of checkpoints is no checkpoint of a run
    for (name, tensor) in frame.tensors {
      if dropsTrainingState, ModelTensors.isTrainingState(name) {
        frame.tensors[name] = nil
      } else if let mean = means[name]?.means {
        frame.tensors[name] =
          tensor.type == .float64
          ? Tensor(mean, shape: tensor.shape) : Tensor(mean.map { Float($0) }, shape: tensor.shape)
      }
    }
    return frame
  }
}
