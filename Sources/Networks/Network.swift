import Kernels
import Tensors

/// A network: its layers with their parameters, read from and written to a `model` frame.
public final class Network {
  /// The layer list.
  public private(set) var architecture: Architecture
  /// The layers, first to last.
  public let layers: [any Layer]
  /// How they are joined.
  public let wiring: Wiring
  /// Where the first layer stands in the network whose upper part this is: the masks of dropout go by it.
  public private(set) var firstPosition = 0

  /// A network of a layer list, all parameters at their zeros and ones.
  public convenience init(_ architecture: Architecture) throws(Failure) {
    try self.init(declaredBy: architecture)
    for (_, _, parameter) in parameters { _ = parameter.values }
  }

  /// A network whose parameters have no memory yet.
  private init(declaredBy architecture: Architecture) throws(Failure) {
    try architecture.checkNames()
    self.architecture = architecture
    layers = try architecture.makeLayers()
    wiring = try Wiring(architecture.layers)
  }

  /// A network of layers that are there already, such as some of another network's, which it shares with their values.
  ///
  /// - Parameter names: the layers' names, which lead their tensors' names.
  public init(_ layers: [any Layer], named names: [String]) throws(Failure) {
    let specs = zip(layers, names).map { layer, name in
      var spec = layer.spec
      spec["name"] = name
      return spec
    }
    architecture = Architecture(input: layers.first?.inputShape ?? [], layers: specs)
    self.layers = layers
    wiring = try Wiring(specs)
  }

  /// The network as far as it takes to make the output of a layer: up to the layer, or to the end of the residual block
  /// that the layer is in. The layers are shared.
  public func prefix(through layer: Int) throws(Failure) -> Network {
    let end = wiring.block(acrossCutAt: layer + 1)?.end ?? layer
    return try Network(Array(layers[...end]), named: Array(architecture.names[...end]))
  }

  /// The layers from a position on, where no block is cut through. They are shared.
  public func suffix(from position: Int) throws(Failure) -> Network {
    let part = try Network(Array(layers[position...]), named: Array(architecture.names[position...]))
    part.firstPosition = firstPosition + position
    return part
  }

  /// The network of a `model` frame, with its values.
  public convenience init(frame: Frame) throws(Failure) {
    try frame.require([.model])
    guard let text = frame.metadata[Metadata.architecture], let input = frame.metadata[Metadata.input] else {
      throw .input("\(frame.place): a model without \(Metadata.architecture) and \(Metadata.input)")
    }
    do throws(Failure) {
      try self.init(
        declaredBy: Architecture(input: Shape.parse(input), parsing: text.split(separator: "\n").map(String.init)))
    } catch {
      throw .input("\(frame.place): \(Metadata.architecture): \(error.message)")
    }
    try load(frame)
  }

  /// No run counts so far; what is read from a file stays below it, so that sums of counts cannot overflow.
  public static let largestCount = 1 << 53

  /// Values in one row of the input.
  public var inputCount: Int { architecture.input.reduce(1, *) }
  /// Values in one row of the output.
  public var outputCount: Int { layers.last?.outputCount ?? 0 }
  /// Each parameter with its full name, in order.
  public var parameters: [(name: String, layer: Int, parameter: Parameter)] {
    zip(architecture.names, layers).enumerated().flatMap { i, pair in
      pair.1.parameters.map { ("\(pair.0).\($0.name)", i, $0) }
    }
  }

  /// The parameters and kept tensors under PyTorch's names.
  public var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, _, parameter) in parameters { result[name] = parameter.tensor }
    for (name, layer) in zip(architecture.names, layers) {
      for (counter, value) in layer.counters { result["\(name).\(counter)"] = Tensor([Int64(value)], shape: []) }
    }
    return result
  }

  /// Takes the values of a `model` frame's parameters.
  ///
  /// - Throws: an input failure that names each tensor that is missing, unexpected or of the wrong shape.
  public func load(_ frame: Frame) throws(Failure) {
    let problems = load(frame.tensors.filter { !ModelTensors.isReserved($0.key) })
    guard problems.isEmpty else { throw .input("\(frame.place): \(problems.joined(separator: "; "))") }
  }

  /// Takes values by name; returns a line for each tensor that is missing, unexpected or of the wrong shape, in which case
  /// nothing is taken.
  ///
  /// - Parameter names: under which names the tensors come, and which parameters keep their values.
  public func load(_ tensors: [String: Tensor], names: WeightNames? = nil) -> [String] {
    var tensors = tensors
    var problems: [String] = []
    if let names { (tensors, problems) = names.renamed(tensors) }
    problems += self.problems(with: tensors) { names?.skips($0) ?? false }
    guard problems.isEmpty else { return problems }
    guard parameters.isEmpty || parameters.contains(where: { tensors[$0.name] != nil }) else {
      return ["no tensor of it is taken"]
    }
    for (name, _, parameter) in parameters {
      if let tensor = tensors[name] { parameter.load(tensor.floats) }
    }
    for (name, layer) in zip(architecture.names, layers) {
      for counter in layer.counters.keys {
        // Older state dicts have no counters: they stay 0.
        if let value = tensors["\(name).\(counter)"]?.integers?.first { layer.counters[counter] = Int(value) }
      }
    }
    return []
  }

  private func problems(with tensors: [String: Tensor], isSkipped: (String) -> Bool) -> [String] {
    var problems: [String] = []
    var left = Set(tensors.keys)
    for (name, _, parameter) in parameters {
      left.remove(name)
      guard let tensor = tensors[name] else {
        if !isSkipped(name) { problems.append("'\(name)' \(parameter.shape) is missing") }
        continue
      }
      if tensor.shape != parameter.shape {
        problems.append("'\(name)' has shape \(tensor.shape) where the layer wants \(parameter.shape)")
      }
    }
    for (name, layer) in zip(architecture.names, layers) {
      for counter in layer.counters.keys.sorted() {
        left.remove("\(name).\(counter)")
        guard let value = tensors["\(name).\(counter)"]?.integers?.first else { continue }
        if !(0...Network.largestCount).contains(Int(value)) {
          problems.append("'\(name).\(counter)' is not a count")
        }
      }
    }
    return problems + left.sorted().map { "'\($0)' is unexpected" }
  }

  /// Draws first values for all parameters from a seed.
  ///
  /// A weight without `init` gets the initialiser that suits the activation after it (see `LayerKind.initializer`;
  /// Glorot at the end), and the layer list then says so.
  public func initialize(seed: Int) throws(Failure) {
    for (i, layer) in layers.enumerated() {
      for (j, parameter) in layer.parameters.enumerated() {
        let key = parameter.role == .weight ? "init" : "bias_init"
        guard parameter.role == .weight || parameter.role == .bias else { continue }
        if parameter.role == .weight, layer.spec["init"] == nil {
          layer.spec["init"] = recommendedInitializer(after: i)
          architecture.layers[i] = layer.spec
        }
        let initializer = try Initializer(parsing: layer.spec[key] ?? "zeros")
        let shape = ParameterShape(parameter.shape, fanIn: layer.fans.inputs, fanOut: layer.fans.outputs)
        var stream = RandomStream(seed: UInt64(seed), purpose: RandomPurpose.initialization, index: UInt32(i * 16 + j))
        parameter.load(try initializer.values(shape, from: &stream))
      }
    }
  }

  private func recommendedInitializer(after index: Int) -> String {
    for spec in architecture.layers.dropFirst(index + 1) {
      let kind = LayerKind.all.first { $0.name == spec.name }
      if let initializer = kind?.initializer { return initializer }
    }
    return "glorot_uniform"
  }

  /// A `model` frame of the network.
  public func frame() -> Frame {
    Frame(
      .model,
      metadata: [
        Metadata.architecture: architecture.text, Metadata.input: Shape.text(architecture.input),
      ], tensors: tensors)
  }
}

/// Words that keep the random numbers of different purposes apart.
public enum RandomPurpose {
  /// First values of parameters.
  public static let initialization: UInt32 = 1
  /// The order of rows in an epoch.
  public static let shuffle: UInt32 = 2
  /// How rows of a batch are mixed.
  public static let mixup: UInt32 = 3
  /// The first states of a Boltzmann machine's chains.
  public static let chains: UInt32 = 4
  /// What is done to the inputs of an autoencoder in training.
  public static let corruption: UInt32 = 5
  /// What is done to them when it is validated.
  public static let validationCorruption: UInt32 = 6
  /// Samples of a Boltzmann machine's units; the number of the half step of the chain is added.
  public static let gibbs: UInt32 = 0x2000_0000
  /// Masks of dropout in training; the layer's position is added.
  public static let dropout: UInt32 = 0x4000_0000
  /// Masks of dropout in Monte-Carlo prediction; the layer's position is added.
  public static let monteCarlo: UInt32 = 0x8000_0000
}
