import CommandLine
import Networks
import Tensors

@main
enum Show {
  struct Options {
    var common = CommonOptions()
    var asJSON = false
    var architectureOnly = false
    var tensors = false
  }

  static func main() {
    Tool<Options>(
      "nn-show", purpose: "describe models, data, predictions and preparations", operands: "[FILE ...]",
      examples: [
        "nn-show model.st",
        "nn-show --tensors train.st",
        "nn-show --arch model.st > layers.txt",
      ],
      defaults: Options(),
      options: [
        .flag("arch", \.architectureOnly, "only the layer list of a model, as nn-init reads it"),
        .flag("json", \.asJSON, "one JSON object a frame"),
        .flag("tensors", short: "t", \.tensors, "each tensor with its statistics"),
        .quiet(\.common),
      ],
      run: run
    ).main()
  }

  static func run(_ options: Options, _ operands: [String]) throws {
    let sink = ByteSink.standardOutput()
    let input = try FrameInput(operands: operands)
    var isFirst = true
    while let frame = try input.next() {
      if options.architectureOnly {
        try frame.require([.model])
        try sink.write(Network(frame: frame).architecture.text + "\n")
      } else if options.asJSON {
        try sink.write(Description(frame, withTensors: options.tensors).json.text + "\n")
      } else {
        try sink.write((isFirst ? "" : "\n") + Description(frame, withTensors: options.tensors).text)
      }
      isFirst = false
    }
    try sink.finish()
  }
}
