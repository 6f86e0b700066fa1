import CommandLine
import ComputeOptions
import Preparation
import Tensors
import Training

@main
enum Predict {
  struct Options {
    var common = CommonOptions()
    var passes = 0
    var batchSize = 256
  }

  static func main() {
    Tool<Options>(
      "nn-predict", purpose: "predict with a trained model", operands: "[MODEL|DATA ...]",
      examples: [
        "nn-predict model.st test.st -o p.st",
        "nn-predict model.st test.st --mc 100 | nn-eval",
        "nn-import digits.csv.gz --label digit | nn-predict model.st - | nn-export",
      ],
      notes: [
        "Data as the model was trained on, raw or prepared the same way; the model carries the preparation and "
          + "applies it to raw data."
      ],
      defaults: Options(),
      options: [
        .integer("mc", in: 2...1_000_000, \.passes, "Monte-Carlo passes with dropout on: mean and uncertainty"),
        .integer(
          "batch-size", short: "b", in: 1...65536, \.batchSize, "rows at a time; the result does not depend on it"),
        .output(\.common, "write the predictions to FILE, not to standard output"),
        .seed(\.common), .threads(\.common), .cpu(\.common), .quiet(\.common),
      ],
      run: run
    ).main()
  }

  static func run(_ options: Options, _ operands: [String]) throws {
    let output = try FrameOutput(path: options.common.output)
    let input = try FrameInput(operands: operands)
    let team = try options.common.threadTeam()
    let model = try input.model()
    let predictor = try Predictor(model, team: team, capacity: options.batchSize)
    if options.passes > 0, !predictor.isRandom {
      Message.warn(
        "\(model.place) has no dropout: all \(options.passes) passes are the same", quiet: options.common.isQuiet)
    }
    if model.metadata["nn.loss"] == nil {
      Message.warn("\(model.place) was never trained", quiet: options.common.isQuiet)
    }
    let preparation = try Preparation(frame: model)
    var (firstRow, frames) = (0, 0)
    while let frame = try input.next(.data) {
      try frame.checkFeatures(like: model)
      let labelled = try frame.relabelled(to: model[list: Metadata.classes], of: model.place)
      let prepared = try prepare(
        labelled, for: preparation, stripped: model.metadata[Metadata.prepared], team: team)
      var predicted = try predictor.predict(
        prepared, passes: options.passes, seed: options.common.seed, firstRow: firstRow)
      predicted.place = frame.place
      try output.write(predicted)
      firstRow += try prepared.tensor("x").rows
      frames += 1
    }
    guard frames > 0 else { throw Failure.input("no data among the inputs: rows are due beside \(model.place)") }
    try output.finish()
  }
}
