import CommandLine
import Networks
import Preparation
import SpecCompletion
import Tensors

@main
enum Freeze {
  struct Options {
    var common = CommonOptions()
    var edits: [Edit] = []
    var dropsState = false
    var strips = false
  }

  static func main() {
    Tool<Options>(
      "nn-freeze", purpose: "freeze, re-head and strip a model, for transfer learning", operands: "[MODEL]",
      examples: [
        "nn-freeze model.st --freeze all --head dense:2 -o b.st",
        "nn-freeze b.st --unfreeze top:2 --lr 0.1:top:2 -o b2.st",
        "nn-freeze model.st --strip -o small.st",
      ],
      notes: [
        "LAYERS is 'all', a layer's position or name, a range such as 0-3, a name with * and ?, 'top:N' or 'bottom:N' "
          + "(layers with parameters, counted from an end), or several of these joined by commas. Edits are done in "
          + "the order given."
      ],
      defaults: Options(),
      options: [
        .repeated("freeze", value: "LAYERS", \.edits, "keep these layers as they are", completion: .layers) {
          (text) throws(Failure) in .rate(0, try LayerSelection(parsing: text))
        }.under("Training"),
        .repeated("unfreeze", value: "LAYERS", \.edits, "train these layers again", completion: .layers) {
          (text) throws(Failure) in .rate(1, try LayerSelection(parsing: text))
        }.under("Training"),
        .repeated(
          "lr", value: "X:LAYERS", \.edits, "multiply the learning rate of these layers by X",
          completion: .factorAndLayers
        ) { (text) throws(Failure) in
          let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
          guard parts.count == 2 else { throw .usage("a factor and layers are due, such as 0.1:top:2") }
          return .rate(try Numbers.number(parts[0], in: .notNegative), try LayerSelection(parsing: parts[1]))
        }.under("Training"),
        .repeated("drop", value: "N", \.edits, "take the last N layers away") { (text) throws(Failure) in
          .drop(try Numbers.integer(text, in: 1...1_000_000))
        }.under("Layers"),
        .repeated(
          "append", value: "LAYERS", \.edits, "add layers at the end, such as 'relu dense:2'",
          completion: .specs(of: LayerKind.self)
        ) { (text) throws(Failure) in .append(Architecture.texts(inFile: text))
        }.under("Layers"),
        .repeated(
          "head", value: "LAYERS", \.edits, "replace the last layer with weights and all after it",
          completion: .specs(of: LayerKind.self)
        ) { (text) throws(Failure) in .head(Architecture.texts(inFile: text))
        }.under("Layers"),
        .repeated(
          "temperature", value: "T", \.edits,
          "divide the outputs before the softmax by T, as nn-eval --calibrate finds it"
        ) { (text) throws(Failure) in .temperature(try Numbers.number(text, in: .positive)) }.under("Layers"),
        .flag("drop-state", \.dropsState, "drop the training state: optimizer moments and counters").under("State"),
        .flag("strip", \.strips, "leave parameters alone, as PyTorch's load_state_dict takes them").under("State"),
        .output(\.common, "write the model to FILE, not to standard output"),
        .seed(\.common), .quiet(\.common),
      ],
      run: run
    ).main()
  }

  static func run(_ options: Options, _ operands: [String]) throws {
    let output = try FrameOutput(path: options.common.output)
    let input = try FrameInput(operands: operands)
    let frame = try input.model()
    if let other = try input.next() { throw Failure.input("\(other.place): a second frame; one model is due") }
    let model = try EditedModel(frame, seed: options.common.seed)
    let edited = try options.edits.reduce(into: model) { model, edit in try model.apply(edit) }
    var result = try edited.frame(dropsState: options.dropsState || options.strips)
    if options.strips { try Preparation.strip(from: &result) }
    try output.write(result)
    try output.finish()
  }
}
