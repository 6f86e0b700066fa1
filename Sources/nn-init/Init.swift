import CommandLine
import Networks
import SpecCompletion
import Tensors

@main
enum Init {
  struct Options {
    var common = CommonOptions()
    var input: [Int] = []
    var file: String?
    var preset: Preset?
    var weights: String?
    var map: String?
    var skipped: String?
    var initializer: String?
    var biasInitializer: String?
    var l1: Double?
    var l2: Double?
    var maximumNorm: Double?
    var lists = false
  }

  static func main() {
    Tool<Options>(
      "nn-init", purpose: "make a model of a layer list", operands: "[LAYER ...]",
      examples: [
        "nn-init --input 64 dense:100 relu dropout:0.2 dense:10 -o init.st",
        "nn-init --input 64 dense:32 bn elu dense:10 | nn-train - train.st -o model.st",
      ],
      notes: [
        "Layers: " + LayerKind.names.joined(separator: " ") + ".",
        "A weight without init= gets the initialiser that suits the activation after it: He for the relu family, "
          + "LeCun for selu, Glorot otherwise.",
      ] + Preset.all.map { "Train a net of --preset \($0.name) by nn-train \($0.training)." },
      defaults: Options(),
      options: [
        .parsed("input", short: "i", value: "SHAPE", \.input, "shape of one input row, such as 784 or 28x28") {
          (text) throws(Failure) in try Shape.parse(text)
        }.under("Layers"),
        .file(
          "file", short: "f", \.file, "read the layer list from FILE: one layer a line, # comments",
          completion: .files(["layers"])
        ).under("Layers"),
        .parsed(
          "preset", value: "NAME", \.preset,
          "the layers are dense ones; put between them: "
            + Preset.all.map { "\($0.layers.joined(separator: " ")) (\($0.name))" }.joined(separator: ", "),
          completion: .words(Preset.names)
        ) { (text) throws(Failure) in try Preset.named(text) }.under("Layers"),
        .flag("list", \.lists, "print layers, initialisers and presets with their arguments").under("Layers"),
        .parsed(
          "init", value: "INIT", \.initializer, "initialiser of weights whose layer has no init=",
          completion: .spec(of: InitializerKind.self)
        ) { (text) throws(Failure) in try Initializer(parsing: text).text }.under("Defaults for all layers"),
        .parsed(
          "bias-init", value: "INIT", \.biasInitializer, "initialiser of biases (default zeros)",
          completion: .spec(of: InitializerKind.self, where: { !$0.needsMatrix })
        ) { (text) throws(Failure) in try Initializer(parsing: text).text }.under("Defaults for all layers"),
        .number("l1", in: .notNegative, \.l1, "penalty X·Σ|w| on the weights of each layer").under(
          "Defaults for all layers"),
        .number("l2", in: .notNegative, \.l2, "penalty X·Σw² on the weights of each layer").under(
          "Defaults for all layers"),
        .number("max-norm", in: .positive, \.maximumNorm, "largest norm of the weights into a neuron").under(
          "Defaults for all layers"),
        .file(
          "weights", \.weights, "take all values from FILE, a state dict or model in safetensors, by name",
          completion: .tensorFiles
        ).under("Values"),
        .file("map", \.map, "names of --weights' tensors: lines THEIRS OURS, stars stand for any text").under("Values"),
        .text("skip", value: "PATTERNS", \.skipped, "tensors that --weights need not hold, such as 'fc.*'")
          .under("Values"),
        .output(\.common, "write the model to FILE, not to standard output"),
        .seed(\.common),
        .quiet(\.common),
      ],
      readsFrames: false,
      completion: .specs(of: LayerKind.self),
      run: run
    ).main()
  }

  static func run(_ options: Options, _ operands: [String]) throws {
    if options.lists { return try printLists() }
    var texts = operands.flatMap { $0.split(separator: " ").map(String.init) }
    if let file = options.file {
      guard operands.isEmpty else { throw Failure.usage("layers are given twice: by --file and by operands") }
      texts = Architecture.texts(inFile: try text(of: file))
    }
    guard !texts.isEmpty else {
      throw Failure.usage("no layers: a list such as 'dense:100 relu dense:10' is due")
    }
    guard !options.input.isEmpty else {
      throw Failure.usage("--input SHAPE is due: the shape of one input row, which nn-show DATA tells")
    }
    if options.weights == nil, let option = options.map != nil ? "--map" : options.skipped != nil ? "--skip" : nil {
      throw Failure.usage("\(option) needs --weights")
    }
    var architecture = try Architecture(input: options.input, parsing: texts)
    if let preset = options.preset { architecture.layers = try preset.expand(architecture.layers) }
    try architecture.applyDefaults(
      initializer: options.initializer, biasInitializer: options.biasInitializer, l1: options.l1, l2: options.l2,
      maximumNorm: options.maximumNorm)
    let network = try Network(architecture)
    try network.initialize(seed: options.common.seed)
    if let path = options.weights { try load(path, into: network, names: try names(options)) }
    let output = try FrameOutput(path: options.common.output)
    try output.write(network.frame())
    try output.finish()
  }

  private static func text(of file: String) throws -> String {
    let bytes = try ByteSource(path: file).readAll()
    guard let text = bytes.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw Failure.input("\(file): not a text")
    }
    return text
  }

  private static func names(_ options: Options) throws -> WeightNames {
    let skipped = options.skipped?.split(separator: ",").map(String.init) ?? []
    let map = try options.map.map(text) ?? ""
    do throws(Failure) {
      return try WeightNames(map: map, skipping: skipped)
    } catch {
      throw error.at(options.map ?? "")
    }
  }

  private static func load(_ path: String, into network: Network, names: WeightNames) throws {
    let input = try FrameInput(operands: [path])
    guard let frame = try input.next() else { throw Failure.input("\(path): no frame") }
    let tensors = frame.tensors.filter { !ModelTensors.isReserved($0.key) }
    let own = network.parameters.map(\.name)
    if let idle = names.idlePattern(own, tensors.keys) {
      throw Failure.usage(
        "--skip '\(idle)': no tensor is called so; those of the model are \(own.joined(separator: ", "))")
    }
    let problems = network.load(tensors, names: names)
    guard problems.isEmpty else {
      throw Failure.input("\(frame.place): does not fit the layer list: \(problems.joined(separator: "; "))")
    }
    for (name, _, parameter) in network.parameters {
      guard let value = parameter.tensor.floats.first(where: { !$0.isFinite }) else { continue }
      throw Failure.input("\(frame.place): '\(name)' holds \(value); every value must be a finite 32-bit float")
    }
  }

  private static func printLists() throws {
    var text = "Layers:\n\(LayerKind.listing)"
    text += "Initialisers:\n\(InitializerKind.listing)"
    text += "Presets:\n\(Preset.listing)"
    let sink = ByteSink.standardOutput()
    try sink.write(text)
    try sink.finish()
  }
}
