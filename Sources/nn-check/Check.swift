import CommandLine
import ComputeOptions
import Networks
import Tensors
import Training
import TrainingInput
import TrainingSession

@main
enum Check {
  static func main() {
    Tool<Settings>(
      "nn-check", purpose: "check a model and its data before training", operands: "[MODEL|DATA ...]",
      examples: [
        "nn-prep --center --scale train.st | nn-check init.st -",
        "nn-check --overfit 50 init.st train.st",
        "nn-check --lr-range 1e-5..1 --log range.jsonl init.st train.st",
      ],
      notes: [
        "Without a check asked for, the cheap ones run: --initial-loss, --gradients and --activations. The model is "
          + "read and never written. Status 1 says that a check failed."
      ],
      defaults: Settings(), options: options, run: run
    ).main()
  }

  private static var options: [Option<Settings>] {
    let checks: [Option<Settings>] = [
      .flag("initial-loss", \.initialLoss, "is the first loss that of a model that knows nothing?"),
      .flag("gradients", \.gradients, "does the backward pass fit differences of the forward pass?"),
      .flag("activations", \.activations, "do signals and gradients pass through all layers?"),
      .integer("overfit", in: 1...1_000_000, \.overfit, "can the model learn N rows by heart?"),
      .parsed(
        "lr-range", value: "A..B", \.range, "which learning rate between A and B makes the loss fall?",
        parse: LearningRateRange.bounds),
    ]
    let details: [Option<Settings>] = [
      .loss(\.loss),
      .integer("rows", in: 1...65536, \.rows, "rows that the first three look at (default 256)"),
      .integer("samples", in: 1...1_000_000, \.samples, "--gradients: values of each tensor (default 10)"),
      .integer("steps", in: 2...1_000_000, \.steps, "steps of --lr-range (default 100), of --overfit at most (2000)"),
      .integer(
        "batch-size", short: "b", in: 1...1 << 24, \.batchSize, "rows a step of --lr-range and --overfit (default 32)"),
      .optimizer(\.optimizer, "rule of their steps (default adam)"),
      .number("lr", in: .positive, \.learningRate, "--overfit: learning rate (default: the optimizer's)"),
      .file("log", \.log, "--lr-range: write a JSON line a step to FILE", completion: .files(["jsonl"])),
    ]
    return checks.map { $0.under("Checks") } + details.map { $0.under("Details") } + [
      .flag("json", \.isJSON, "one JSON object instead of text").under("Common"),
      .output(\.common, "write to FILE instead of standard output", completion: .files),
      .seed(\.common), .threads(\.common), .cpu(\.common), .quiet(\.common),
    ]
  }

  static func run(_ settings: Settings, _ operands: [String]) throws {
    try settings.check(operands)
    for path in [settings.common.output, settings.log].compactMap(\.self) { try ByteSink.check(path: path) }
    let team = try settings.common.threadTeam()
    let material = try Material(operands: operands, team: team)
    if material.model.metadata[Metadata.loss] != nil {
      Message.warn(
        "\(material.model.place) has been trained: what is checked is no beginning", quiet: settings.common.isQuiet)
    }
    let defaultLoss = try material.defaultLoss()
    let subject = try CheckSubject(
      model: material.model, data: material.data, loss: settings.loss ?? defaultLoss, rows: settings.rows,
      seed: settings.common.seed, team: team)
    let report = CheckReport(try settings.results(for: subject))
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    try sink.write(settings.isJSON ? report.json.text + "\n" : report.text)
    try sink.finish()
    guard report.failures.isEmpty else {
      throw Failure.failed("failed: \(report.failures.joined(separator: ", "))")
    }
  }
}
