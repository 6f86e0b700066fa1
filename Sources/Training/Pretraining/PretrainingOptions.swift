import Networks
import Tensors

/// Everything about a pretraining run that changes its result.
public struct PretrainingOptions: Sendable {
  /// What each layer is trained as.
  public enum Method: Sendable {
    /// A restricted Boltzmann machine of the dense layer.
    case boltzmann(steps: Int, isPersistent: Bool, sparsity: BoltzmannMachine.Sparsity?)
    /// An autoencoder whose code is the layer with its activation.
    case autoencoder(isTied: Bool, noise: InputNoise?)
  }

  /// What each layer is trained as.
  public var method: Method
  /// What the inputs of the lowest layer are: numbers from 0 to 1, given back by a sigmoid and judged by cross-entropy, or any
  /// numbers, judged by squares; nil asks the data, as it does for the layers above.
  public var visibleUnits: BoltzmannMachine.VisibleUnits?
  /// Which layers; nil for all but the last layer with weights, or for that one when it is alone.
  public var layers: LayerSelection?
  /// Passes over the data for each layer.
  public var epochs = 10
  /// Rows a step; nil is all of them.
  public var batchSize: Int? = 32
  /// The rule that moves the parameters.
  public var optimizer: any Optimizer
  /// The learning rate before the schedule; nil is the method's own, see `defaultLearningRate`.
  public var learningRate: Double?
  /// How the learning rate moves, for each layer anew.
  public var schedule: Schedule
  /// Decay of weights.
  public var weightDecay = 0.0
  /// Largest global norm of the gradient; nil is no limit.
  public var clipNorm: Double?
  /// Whether rows come in a new random order each epoch.
  public var shuffles = true
  /// The key of all random numbers.
  public var seed = 0

  /// A method with its default optimizer.
  public init(method: Method, optimizer: any Optimizer, schedule: Schedule) {
    (self.method, self.optimizer, self.schedule) = (method, optimizer, schedule)
  }

  /// The optimizer where none is given.
  public static func defaultOptimizer(of method: Method) -> String {
    if case .boltzmann = method { "momentum:0.9" } else { "adam" }
  }

  /// The learning rate where none is given: the optimizer's, but for a machine trained by plain or heavy-ball descent 0.05, and
  /// 0.005 with Gaussian units, whose gradients have no bound; a fifth of it for chains that persist, which have to keep up
  /// with the weights (Tieleman 2008).
  func defaultLearningRate(_ units: BoltzmannMachine.VisibleUnits) throws(Failure) -> Double {
    let kind = try OptimizerKind.named(optimizer.spec.name)
    guard case .boltzmann(_, let isPersistent, _) = method, ["sgd", "momentum", "nesterov"].contains(kind.name) else {
      return kind.defaultLearningRate
    }
    return (units == .gaussian ? 0.005 : 0.05) * (isPersistent ? 0.2 : 1)
  }

  /// What a checkpoint remembers besides the options of `TrainingOptions`; keys are the options' names.
  func fingerprint(layer: String) -> [(key: String, value: String)] {
    let own: [(key: String, value: String)]
    switch method {
    case .boltzmann(let steps, let isPersistent, let sparsity):
      own = [
        ("rbm", "yes"), ("cd", "\(steps)"), ("persistent", isPersistent ? "yes" : "no"),
        ("sparsity", sparsity.map { "\(Numbers.text($0.target)):\(Numbers.text($0.cost))" } ?? "no"),
      ]
    case .autoencoder(let isTied, let noise):
      var (denoise, mask) = (noise?.description ?? "no", "no")
      if case .hiding = noise { (denoise, mask) = ("no", denoise) }
      own = [("rbm", "no"), ("tied", isTied ? "yes" : "no"), ("denoise", denoise), ("mask", mask)]
    }
    return own + [("visible", visibleUnits?.rawValue ?? "default"), ("layers", layer)]
  }
}
