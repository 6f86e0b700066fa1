import Kernels
import Networks
import Tensors

/// One layer's pretraining: a little network of the model's own layers and a decoder, or a Boltzmann machine on the layer's
/// weights, with the trainer that trains it.
public final class PretrainingStage {
  /// The name of the layer.
  public let name: String
  /// Trains the layer.
  public let trainer: Trainer
  /// What the layer's inputs are taken for.
  let visibleUnits: BoltzmannMachine.VisibleUnits
  private let decoder: any Layer
  private let data: Dataset
  private let validation: Dataset?
  private let freeEnergy: FreeEnergy?

  init(
    _ part: PretrainingPlan.Part, of network: Network, _ options: PretrainingOptions, isLowest: Bool, data: Dataset,
    validation: Dataset?, team: ThreadTeam
  ) throws(Failure) {
    (name, self.data, self.validation) = (part.name, data, validation)
    let coded = network.layers[part.layers.lowerBound]
    let statistics = InputStatistics(data)
    let asked = isLowest ? options.visibleUnits : nil
    visibleUnits = asked ?? (statistics.areShares ? .bernoulli : .gaussian)
    guard visibleUnits == .gaussian || statistics.areShares else {
      throw .input(
        "the inputs of layer \(name) are not all from 0 to 1, as --visible bernoulli has them: nn-prep --minmax makes them "
          + "so, and --visible gaussian takes any numbers")
    }
    var training = try PretrainingStage.training(options, visibleUnits, layer: name)
    switch options.method {
    case .boltzmann(let steps, let isPersistent, let sparsity):
      var settings = BoltzmannMachine.Settings()
      (settings.visibleUnits, settings.steps, settings.sparsity) = (visibleUnits, steps, sparsity)
      if isPersistent { settings.persistentChains = min(options.batchSize ?? data.rows, data.rows) }
      guard let machine = BoltzmannMachine(of: coded, settings, seed: options.seed) else { preconditionFailure() }
      machine.visibleBias.load(statistics.biases(visibleUnits, count: machine.visibleBias.count))
      decoder = machine
      trainer = try Trainer(
        Network([machine], named: [name]), options: training, data: data, validation: validation, team: team)
      freeEnergy = FreeEnergy(machine, team: team)
    case .autoencoder(let isTied, let noise):
      decoder = try PretrainingStage.decoder(of: coded, isTied: isTied, seed: options.seed, at: part.layers.lowerBound)
      if let bias = decoder.parameters.last { bias.load(statistics.biases(visibleUnits, count: bias.count)) }
      training.noise = noise
      if case .hiding = noise { training.loss = MaskedLoss(training.loss) }
      let encoder = Array(network.layers[part.layers])
      let names = Array(network.architecture.names[part.layers]) + ["\(name).decoder"]
      trainer = try Trainer(
        Network(encoder + [decoder], named: names), options: training, data: data, validation: validation, team: team)
      freeEnergy = nil
    }
  }

  /// The run of one layer: reconstructions of shares are judged by cross-entropy on logits, those of other numbers, and a
  /// machine's, by squares.
  private static func training(
    _ options: PretrainingOptions, _ units: BoltzmannMachine.VisibleUnits, layer: String
  ) throws(Failure) -> TrainingOptions {
    var loss = "mse"
    if case .autoencoder = options.method, units == .bernoulli { loss = "bce-with-logits" }
    let rate = if let rate = options.learningRate { rate } else { try options.defaultLearningRate(units) }
    var training = TrainingOptions(
      optimizer: options.optimizer, learningRate: rate, schedule: options.schedule,
      loss: try LossKind.make(parsing: loss))
    training.epochs = options.epochs
    training.batchSize = options.batchSize
    training.weightDecay = options.weightDecay
    training.clipNorm = options.clipNorm
    training.shuffles = options.shuffles
    training.seed = options.seed
    training.others = options.fingerprint(layer: layer)
    return training
  }

  /// A dense layer back to the inputs, or a convolution the other way round; or one on the layer's own weights.
  private static func decoder(
    of layer: any Layer, isTied: Bool, seed: Int, at position: Int
  ) throws(Failure) -> any Layer {
    if isTied, let tied = TiedDense(of: layer) { return tied }
    let decoder: any Layer
    if let transposed = TransposedConvolution(of: layer, isTied: isTied) {
      if isTied { return transposed }
      decoder = transposed
    } else {
      decoder = try LayerKind.named("dense").make(Spec("dense", values: [String(layer.inputCount)]), layer.outputShape)
    }
    let weight = decoder.parameters[0]
    var stream = RandomStream(
      seed: UInt64(seed), purpose: RandomPurpose.initialization, index: UInt32(position * 16 + 8))
    let shape = ParameterShape(weight.shape, fanIn: decoder.fans.inputs, fanOut: decoder.fans.outputs)
    weight.load(try Initializer(parsing: "glorot_uniform").values(shape, from: &stream))
    return decoder
  }

  /// The bias of the reconstruction, and the weights when they are not the layer's own, transposed.
  var decoderTensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    if let machine = decoder as? BoltzmannMachine {
      tensors["bias"] = machine.visibleBias.tensor
    } else {
      for parameter in decoder.parameters { tensors[parameter.name] = parameter.tensor }
    }
    return tensors
  }

  /// What the log says of an epoch besides the loss: a machine's mean free energy of the training rows, of the validation
  /// rows, and by how much the latter is larger.
  public func notes() -> [(key: String, value: Double)] {
    guard let freeEnergy else { return [] }
    let train = freeEnergy.mean(of: data)
    guard let validation else { return [("free_energy", train)] }
    let valid = freeEnergy.mean(of: validation)
    return [("free_energy", train), ("valid_free_energy", valid), ("free_energy_gap", valid - train)]
  }
}
