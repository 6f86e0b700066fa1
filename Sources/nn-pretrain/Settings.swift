import CommandLine
import ComputeOptions
import Networks
import SpecCompletion
import Tensors
import Training
import TrainingSession

/// What the command line says.
struct Settings {
  var common = CommonOptions()
  var isMachine = false
  var isAutoencoder = false
  var layers: LayerSelection?
  var visibleUnits: BoltzmannMachine.VisibleUnits?
  var valid: String?
  var unrolls = false
  // Of machines.
  var steps: Int?
  var isPersistent = false
  var sparsity: BoltzmannMachine.Sparsity?
  // Of autoencoders.
  var isTied = true
  var noise: InputNoise?
  var hiding: InputNoise?
  // Of both.
  var epochs = 10
  var batchSize = BatchSize.rows(32)
  var optimizer: Spec?
  var learningRate: Double?
  var schedule: Schedule?
  var weightDecay = 0.0
  var clipNorm: Double?
  var shuffles = true
  var session = SessionOptions()

  /// The options of the run; fails on what one option alone cannot see.
  func pretraining() throws(Failure) -> PretrainingOptions {
    guard isMachine != isAutoencoder else {
      throw .usage("--rbm or --autoencoder is due\(isMachine ? ", and not both" : "")")
    }
    let method: PretrainingOptions.Method
    if isMachine {
      guard noise == nil, hiding == nil else {
        throw .usage("--\(noise == nil ? "mask" : "denoise") goes with --autoencoder")
      }
      method = .boltzmann(steps: steps ?? 1, isPersistent: isPersistent, sparsity: sparsity)
    } else {
      for (name, isGiven) in [("cd", steps != nil), ("persistent", isPersistent), ("sparsity", sparsity != nil)]
      where isGiven { throw .usage("--\(name) goes with --rbm") }
      guard noise == nil || hiding == nil else {
        throw .usage("--mask and --denoise: the inputs are changed in one way or the other")
      }
      method = .autoencoder(isTied: isTied, noise: hiding ?? noise)
    }
    var spec = try Spec(parsing: PretrainingOptions.defaultOptimizer(of: method))
    if let optimizer { spec = optimizer }
    var schedule = schedule ?? .constant
    if schedule.givesRates, learningRate != nil {
      throw .usage("--lr does not go with --schedule \(schedule.spec), whose file has the rates themselves")
    }
    try schedule.load()
    var options = PretrainingOptions(
      method: method, optimizer: try OptimizerKind.named(spec.name).make(spec), schedule: schedule)
    (options.visibleUnits, options.layers) = (visibleUnits, layers)
    (options.epochs, options.batchSize, options.shuffles) = (epochs, batchSize.rows, shuffles)
    (options.learningRate, options.weightDecay, options.seed) = (learningRate, weightDecay, common.seed)
    options.clipNorm = clipNorm
    return options
  }
}

extension Settings {
  /// The option table.
  static var options: [Option<Settings>] {
    let groups = [("Boltzmann machines", machine), ("Autoencoders", autoencoder), ("Layers", layers), ("Loop", loop)]
    let own = groups.flatMap { heading, options in options.map { $0.under(heading) } }
    return own + Option.session(\.session) + [
      .output(\.common, "write the model to FILE, not to standard output"),
      .seed(\.common), .threads(\.common), .cpu(\.common), .quiet(\.common),
    ]
  }

  private static var machine: [Option<Settings>] {
    [
      .flag("rbm", \.isMachine, "train each layer as a restricted Boltzmann machine"),
      .integer("cd", value: "K", in: 1...100_000, \.steps, "steps of Gibbs sampling a chain (default 1)"),
      .flag("persistent", \.isPersistent, "chains go on from step to step, and do not begin at the rows"),
      .parsed(
        "sparsity", value: "TARGET[:COST]", \.sparsity, "hold the mean of hidden units near TARGET (COST default 0.1)",
        parse: sparsity),
    ]
  }

  private static var autoencoder: [Option<Settings>] {
    [
      .flag("autoencoder", \.isAutoencoder, "train each layer to give back its inputs through its code"),
      .toggle("tied", \.isTied, "decode by the layer's own weights, transposed (default)"),
      .parsed(
        "denoise", value: "NOISE", \.noise, "from noisy inputs: P (some are 0), gaussian:STD, saltpepper:P",
        completion: .words(["0.2", "gaussian:0.3", "saltpepper:0.1"])
      ) { (text) throws(Failure) in try InputNoise(parsing: text) },
      .parsed("mask", value: "P", \.hiding, "some inputs are 0, and only those are to be given back") {
        (text) throws(Failure) in .hiding(try InputNoise.probability(text))
      },
    ]
  }

  private static var layers: [Option<Settings>] {
    [
      .parsed(
        "layers", value: "LAYERS", \.layers, "which layers, such as 0-3, bottom:2 or 'enc*'", completion: .layers
      ) { (text) throws(Failure) in try LayerSelection(parsing: text)
      },
      .parsed(
        "visible", value: "UNITS", \.visibleUnits,
        "inputs are bernoulli, from 0 to 1, or gaussian (default: as they are)",
        completion: .words(BoltzmannMachine.VisibleUnits.allCases.map(\.rawValue))
      ) { (text) throws(Failure) in
        guard let units = BoltzmannMachine.VisibleUnits(rawValue: text) else {
          throw .usage(
            Nearest.unknown(text, "kind of units", among: BoltzmannMachine.VisibleUnits.allCases.map(\.rawValue)))
        }
        return units
      },
      .flag("unroll", \.unrolls, "write encoders and decoders, one model that gives back its inputs"),
      .file("valid", \.valid, "validation data, besides segments of role valid", completion: .tensorFiles),
    ]
  }

  private static var loop: [Option<Settings>] {
    [
      .integer("epochs", short: "e", in: 1...1_000_000, \.epochs, "passes over the data for each layer (default 10)"),
      .batchSize(\.batchSize),
      .optimizer(\.optimizer, "rule of the steps (default momentum:0.9 for --rbm, else adam)"),
      .number("lr", in: .positive, \.learningRate, "learning rate (default: see the manual)"),
      .schedule(\.schedule, "how the rate moves, for each layer anew (default constant)"),
      .number("weight-decay", in: .notNegative, \.weightDecay, "decay of weights, added to their gradient (default 0)"),
      .number("clip-norm", in: .positive, \.clipNorm, "largest global norm of the gradient"),
      .toggle("shuffle", \.shuffles, "a new random order of rows each epoch (default)"),
      .maximumTime(\.session),
    ]
  }

  private static func sparsity(_ text: String) throws(Failure) -> BoltzmannMachine.Sparsity {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let target = try? InputNoise.probability(parts[0]) else {
      throw .usage("a number above 0 and below 1 is due, and a cost if wanted, such as 0.1:0.5")
    }
    let cost = parts.count == 2 ? try Numbers.number(parts[1], in: .positive) : 0.1
    return BoltzmannMachine.Sparsity(target: target, cost: cost)
  }
}
