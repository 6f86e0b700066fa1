import Kernels
import Networks
import Tensors

/// Greedy pretraining of a model's dense layers and convolutions, from the lowest up (Hinton, Osindero and Teh 2006; Bengio et al. 2007): each
/// learns from the outputs of the layers below it, which are done by then, as the model computes them when it predicts.
public final class Pretraining {
  private let network: Network
  private let options: PretrainingOptions
  private let data: Dataset
  private let validation: Dataset?
  private let team: ThreadTeam
  private let plan: PretrainingPlan
  /// What takes back the code of each layer that is done.
  private var decoders: [Decoder] = []
  /// Epochs and steps of the layers that are done.
  private var epoch = 0
  private var step = 0
  /// The layer in hand.
  private var stage: PretrainingStage?

  /// How a layer's input is made of its code.
  struct Decoder {
    var visibleUnits: BoltzmannMachine.VisibleUnits
    /// `bias`, and `weight` when it is not the layer's own, the other way round.
    var tensors: [String: Tensor]
  }

  /// A run at its beginning. The network's layers are trained in place.
  public init(
    _ network: Network, _ options: PretrainingOptions, data: Dataset, validation: Dataset?, team: ThreadTeam
  ) throws(Failure) {
    (self.network, self.options, self.team) = (network, options, team)
    (self.data, self.validation) = (data, validation)
    plan = try PretrainingPlan(network, options)
    guard data.rows > 0, validation?.rows != 0 else { throw .input("the data has no rows") }
    for rows in [data, validation].compactMap(\.self) where rows.columns != network.inputCount {
      throw .input("the data has \(rows.columns) values per row; the model takes \(network.inputCount)")
    }
  }

  /// Fails when the model's input could not be made of the highest code, see `unrolled`.
  public func checkUnrolling() throws(Failure) { try plan.checkUnrolling(network) }

  /// What is likely not meant, in sentences.
  public var remarks: [String] {
    guard case .boltzmann = options.method else { return [] }
    return plan.parts.compactMap { part in
      // What makes the code of the dense layer's outputs: its activation and what stands before that.
      let code = part.layers.dropFirst().map { network.layers[$0].spec.name }.filter { !$0.hasSuffix("dropout") }
      guard code != ["sigmoid"] else { return nil }
      let names = code.isEmpty ? "no activation" : code.joined(separator: " ")
      return "layer \(part.name) is followed by \(names), where a machine's hidden units are sigmoids: its weights are "
        + "a beginning only; --autoencoder learns with \(code.isEmpty ? "none" : "the \(names)")"
    }
  }

  /// The next layer, at its beginning, or where a checkpoint left it; nil when all are done.
  public func nextStage() throws(Failure) -> PretrainingStage? {
    guard decoders.count < plan.parts.count else { return nil }
    let part = plan.parts[decoders.count]
    func inputs(_ rows: Dataset) throws(Failure) -> Dataset {
      Dataset(reconstructing: try network.outputs(of: rows, layers: part.layers.lowerBound, team: team))
    }
    let stage = try PretrainingStage(
      part, of: network, options, isLowest: decoders.isEmpty, data: try inputs(data),
      validation: try validation.map { (rows) throws(Failure) in try inputs(rows) }, team: team)
    stage.trainer.count(fromEpoch: epoch, step: step)
    self.stage = stage
    return stage
  }

  /// Keeps what the stage in hand has learnt.
  public func finishStage() {
    guard let stage else { return }
    decoders.append(Decoder(visibleUnits: stage.visibleUnits, tensors: stage.decoderTensors))
    (epoch, step) = (stage.trainer.epoch, stage.trainer.step)
    self.stage = nil
  }

  // MARK: Checkpoints

  /// What the names of the run's own tensors begin with.
  private static let prefix = "pretraining."

  /// A frame from which `resume` goes on exactly here: the model as it is, what is done, and the state of the layer in hand.
  public func checkpoint(identity: [(key: String, value: String)]) throws(Failure) -> Frame {
    var frame = network.frame()
    let prefix = Pretraining.prefix
    for (i, decoder) in decoders.enumerated() {
      for (name, tensor) in decoder.tensors { frame.tensors["\(prefix)decoder.\(i).\(name)"] = tensor }
      let isBernoulli: Int64 = decoder.visibleUnits == .bernoulli ? 1 : 0
      frame.tensors["\(prefix)decoder.\(i).bernoulli"] = Tensor([isBernoulli], shape: [])
    }
    for (name, value) in [("stage", decoders.count), ("epoch", epoch), ("step", step)] {
      frame.tensors[prefix + name] = Tensor([Int64(value)], shape: [])
    }
    if let inner = try stage?.trainer.checkpoint(identity: identity) {
      for (name, tensor) in inner.tensors { frame.tensors["\(prefix)run.\(name)"] = tensor }
      frame.metadata["nn.run"] = inner.metadata["nn.run"]
    }
    return frame
  }

  /// Takes up a run at its checkpoint; refuses one of other data, another model or other options, and says which.
  ///
  /// - Returns: the layer in hand.
  public func resume(
    _ frame: Frame, identity: [(key: String, value: String)]
  ) throws(Failure) -> PretrainingStage? {
    let prefix = Pretraining.prefix
    func count(_ name: String) throws(Failure) -> Int {
      guard let value = frame.tensors[prefix + name]?.integers?.first, (0...Int64(Network.largestCount)).contains(value)
      else { throw .input("\(frame.place): a model, but no checkpoint of a pretraining run") }
      return Int(value)
    }
    let done = try count("stage")
    (epoch, step) = (try count("epoch"), try count("step"))
    guard done < plan.parts.count else { throw .input("\(frame.place): the checkpoint is of a run of more layers") }
    decoders = []
    for i in 0..<done {
      var tensors = frame.tensors(under: "\(prefix)decoder.\(i).")
      let units = tensors.removeValue(forKey: "bernoulli")?.integers == [1]
      decoders.append(Decoder(visibleUnits: units ? .bernoulli : .gaussian, tensors: tensors))
    }
    try network.load(frame)
    let stage = try nextStage()
    var run = frame
    run.tensors = frame.tensors(under: prefix + "run.")
    try stage?.trainer.resume(run, identity: identity)
    return stage
  }

  // MARK: Results

  /// How the layers were pretrained, as metadata says it.
  private var note: String {
    if case .boltzmann = options.method { "rbm" } else { "autoencoder" }
  }

  /// The model with its pretrained layers.
  public var result: Frame {
    var frame = network.frame()
    frame.metadata[Metadata.pretraining] = note
    return frame
  }

  /// The model's layers up to the highest that was pretrained, and the decoders in turn: an autoencoder of the data, which
  /// fine-tuning could go on with (Hinton and Salakhutdinov 2006).
  public func unrolled() throws(Failure) -> Frame {
    var frame = result
    guard let last = plan.parts.indices.last(where: { $0 < decoders.count }) else { return frame }
    let top = plan.parts[last].layers.upperBound
    var architecture = network.architecture
    architecture.layers = Array(architecture.layers[...top])
    let names = architecture.names
    frame.tensors = frame.tensors.filter { name, _ in names.contains { name.hasPrefix($0 + ".") } }
    for (part, decoder) in zip(plan.parts, decoders).reversed() {
      let layer = network.layers[part.layers.lowerBound]
      let position = architecture.layers.count
      architecture.layers.append(Spec("dense", values: [String(layer.inputCount)]))
      for (name, tensor) in decoder.tensors { frame.tensors["\(position).\(name)"] = tensor }
      if decoder.tensors["weight"] == nil, let weight = layer.parameters.first {
        frame.tensors["\(position).weight"] = weight.tensor.transposed
      }
      if decoder.visibleUnits == .bernoulli { architecture.layers.append(Spec("sigmoid")) }
    }
    let isShare = decoders.first?.visibleUnits == .bernoulli
    frame.metadata[Metadata.architecture] = architecture.text
    frame.metadata[Metadata.loss] = isShare ? "bce" : "mse"
    return frame
  }
}

extension Tensor {
  /// A matrix of floats with rows and columns exchanged.
  fileprivate var transposed: Tensor {
    let (rows, columns, values) = (shape[0], shape[1], floats)
    var result = values
    for r in 0..<rows { for c in 0..<columns { result[c * rows + r] = values[r * columns + c] } }
    return Tensor(result, shape: [columns, rows])
  }
}
