import CommandLine
import ComputeOptions
import SpecCompletion
import Tensors
import Training

import class Kernels.ThreadTeam

@main
enum Predict {
  struct Options {
    var common = CommonOptions()
    var passes = 0
    var batchSize = 256
    var layer: String?
  }

  static func main() {
    Tool<Options>(
      "nn-predict", purpose: "predict with trained models", operands: "[MODEL|DATA ...]",
      examples: [
        "nn-predict model.st test.st -o p.st",
        "nn-predict model.st test.st --mc 100 | nn-eval",
        "nn-predict model.st model2.st test.st | nn-ensemble | nn-eval",
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
        .text(
          "layer", value: "LAYER", \.layer, "what this layer makes of each row, as data, not the predictions",
          completion: .layer),
        .output(\.common, "write the predictions to FILE, not to standard output"),
        .seed(\.common), .threads(\.common), .cpu(\.common), .quiet(\.common),
      ],
      run: run
    ).main()
  }

  static func run(_ options: Options, _ operands: [String]) throws {
    if options.layer != nil, options.passes > 0 {
      throw Failure.usage("--mc goes with predictions: a layer's outputs are those without dropout")
    }
    let output = try FrameOutput(path: options.common.output)
    let team = try options.common.threadTeam()
    let input = try FrameInput(operands: operands, team: team)
    var members = [try member(input.model(), options, team)]
    // A member's prediction is one stream: what the first makes is written at once, the others' frames wait for its end.
    var waiting: [[Frame]] = []
    var (firstRow, frames) = (0, 0)
    while let frame = try input.next(.model, .data) {
      if frame.kind == .model {
        guard frames == 0 else {
          throw Failure.input("\(frame.place): a model behind data, which all models come before")
        }
        try options.checkOutputOfMany()
        members.append(try member(frame, options, team))
        waiting.append([])
        continue
      }
      var rows = SharedRows(frame, team: team)
      // All predict before the first is written: where one fails, no prediction is complete that others are missing beside.
      let predicted = try members.map { (member) throws(Failure) in
        try member.predict(&rows, passes: options.passes, seed: options.common.seed, firstRow: firstRow)
      }
      try output.write(predicted[0])
      for i in waiting.indices { waiting[i].append(predicted[i + 1]) }
      firstRow += try frame.tensor("x").rows
      frames += 1
    }
    guard frames > 0 else {
      throw Failure.input("no data among the inputs: rows are due beside \(members[0].place)")
    }
    for frame in waiting.joined() { try output.write(frame) }
    try output.finish()
  }

  private static func member(_ frame: Frame, _ options: Options, _ team: ThreadTeam) throws(Failure) -> Member {
    let member = try Member(frame, team: team, capacity: options.batchSize, layer: options.layer)
    for warning in member.warnings(passes: options.passes) {
      Message.warn(warning, quiet: options.common.isQuiet)
    }
    return member
  }
}

extension Predict.Options {
  /// Fails where the predictions of several models would end as the rows of one file.
  func checkOutputOfMany() throws(Failure) {
    guard let path = common.output, path != "-" else { return }
    throw .usage(
      "-o \(path): each model makes a prediction, and a file holds one; combine them by nn-ensemble, "
        + "or write a stream with >")
  }
}
