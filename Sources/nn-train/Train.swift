import CommandLine
import ComputeOptions
import Networks
import SpecCompletion
import Tensors
import Training
import TrainingInput
import TrainingSession

@main
enum Train {
  struct Options {
    var common = CommonOptions()
    var epochs: Int?
    var batchSize = BatchSize.rows(32)
    var optimizer = Spec("adam")
    var learningRate: Double?
    var schedule: Schedule?
    var loss: (any Loss)?
    var classWeights: ClassWeights?
    var mixup: Double?
    var weightDecay = 0.0
    var decaysAll = false
    var isProximal = false
    var clipNorm: Double?
    var clipTensorNorm: Double?
    var clipValue: Double?
    var shuffles = true
    var isStream = false
    var window: Int?
    var valid: String?
    var monitor: Monitor?
    var earlyStop: EarlyStop?
    var average: Average?
    var keep = Keep.last
    var isFresh = false
    var session = SessionOptions()
    var logsGradients = false
    var lists = false
    var printsRates = false
  }

  enum Keep: String, CaseIterable { case last, best }

  static func main() {
    Tool<Options>(
      "nn-train", purpose: "train a model on data", operands: "[MODEL|DATA ...]",
      examples: [
        "nn-train init.st train.st -o model.st",
        "nn-train init.st train.st --valid valid.st --lr 0.01 -e 20 -o model.st",
        "cat init.st train.st | nn-train --optimizer momentum:0.9 --lr 0.1 > model.st",
      ],
      notes: [
        "Optimizers: " + OptimizerKind.names.joined(separator: " ") + ". Schedules: "
          + ScheduleKind.names.joined(separator: " ") + ". Averages: "
          + AverageKind.names.joined(separator: " ") + ". Losses: "
          + LossKind.names.joined(separator: " ") + ". See --list."
      ],
      defaults: Options(), options: options, run: run
    ).main()
  }

  private static var options: [Option<Options>] {
    let loop: [Option<Options>] = [
      .integer(
        "epochs", short: "e", in: 1...1_000_000, \.epochs, "passes over the data (default 10, or those of the stream)"),
      .batchSize(\.batchSize),
      .loss(\.loss),
      .parsed(
        "class-weight", value: "WEIGHTS", \.classWeights, "how much classes count: 'balanced' or cat:2,dog:0.5",
        completion: .words(["balanced"])
      ) { (text) throws(Failure) in try ClassWeights(parsing: text) },
      .number(
        "mixup", value: "ALPHA", in: .positive, \.mixup, "train on blends of two rows, by Beta(ALPHA, ALPHA)"),
      .toggle("shuffle", \.shuffles, "a new random order of rows each epoch (default)"),
      .flag("stream", \.isStream, "each segment is an epoch, of which a window of rows is held"),
      .integer(
        "window", value: "ROWS", in: 1...1 << 30, \.window,
        "rows that are shuffled with each other (default all; see the manual)"),
      .maximumTime(\.session),
      .flag("fresh", \.isFresh, "begin anew: drop the optimizer state the model carries"),
      .flag("list", \.lists, "print optimizers, schedules, averages and losses"),
    ]
    let steps: [Option<Options>] = [
      .optimizer(\.optimizer, "rule of the steps (default adam)"),
      .number("lr", in: .positive, \.learningRate, "learning rate (default: the optimizer's, see --list)"),
      .schedule(\.schedule, "how the rate moves (default constant)"),
      .flag("rates", \.printsRates, "print the schedule's rates for -e epochs (or steps)"),
      .parsed(
        "average", value: "SPEC", \.average, "average the parameters, such as ema:0.999 or swa:5",
        completion: .spec(of: AverageKind.self)
      ) { (text) throws(Failure) in try Average(parsing: text) },
      .number("weight-decay", in: .notNegative, \.weightDecay, "decay of weights, added to their gradient (default 0)"),
      .toggle("decay-all", \.decaysAll, "decay biases and norm parameters too (default no)"),
      .toggle("proximal", \.isProximal, "l1 by a proximal step, which makes exact zeros (default no)"),
      .number("clip-norm", in: .positive, \.clipNorm, "largest global norm of the gradient"),
      .number(
        "clip-tensor-norm", in: .positive, \.clipTensorNorm, "largest norm of each parameter's gradient by itself"),
      .number("clip-value", in: .positive, \.clipValue, "largest absolute value in the gradient"),
    ]
    let validation: [Option<Options>] = [
      .file("valid", \.valid, "validation data, besides segments of role valid", completion: .tensorFiles),
      .parsed(
        "monitor", value: "NAME", \.monitor, "what an epoch is judged by (default valid_loss)",
        completion: .words(Monitor.names)
      ) { (text) throws(Failure) in try Monitor(parsing: text) },
      .parsed(
        "early-stop", value: "SPEC", \.earlyStop, "stop after patience=N epochs without improvement",
        completion: .words(["patience=10"]), parse: EarlyStop.init(parsing:)),
      .choice("keep", value: "WHICH", \.keep, "parameters of the 'last' epoch (default) or of the 'best'"),
    ]
    let logs: [Option<Options>] = [
      .toggle("log-gradients", \.logsGradients, "with the norm of each parameter's gradient (default no)")
    ]
    let groups = [
      ("Loop", loop), ("Steps", steps), ("Validation", validation),
      ("Checkpoints and logs", Option<Options>.session(\.session) + logs),
    ]
    return groups.flatMap { heading, options in options.map { $0.under(heading) } } + [
      .output(\.common, "write the model to FILE, not to standard output"),
      .seed(\.common), .threads(\.common), .cpu(\.common), .quiet(\.common),
    ]
  }

  static func run(_ options: Options, _ operands: [String]) throws {
    if options.lists { return try printLists() }
    let schedule = try options.loadedSchedule()
    if options.printsRates { return try printRates(options, schedule) }
    try options.check(operands)
    let output = try FrameOutput(path: options.common.output)
    try options.session.checkFiles()
    let team = try options.common.threadTeam()
    var material = try Material(operands: operands, valid: options.valid, stream: options.streamRules, team: team)
    let training = try options.training(for: material, schedule)
    if let count = material.epochCount, let epochs = training.epochs, count != epochs {
      let end = count < epochs ? "training ends with them" : "the others are left unread"
      Message.warn(
        "the data has rows for \(count) epoch\(count == 1 ? "" : "s") where --epochs is \(epochs): \(end)",
        quiet: options.common.isQuiet)
    }
    let trainer = try Trainer(
      material.network, options: training, data: material.data, epochs: material.epochs,
      validation: material.validation, team: team)
    // After what the trainer refuses: an error stands alone.
    var remarks = material.remarks(loss: options.loss)
    if material.validation == nil, training.monitor == nil, training.patience != nil || training.keepsBest {
      let option = training.patience == nil ? "--keep best" : "--early-stop"
      remarks.append(
        "\(option) goes by the training loss, as there is no validation data: nn-split --valid 0.2 makes it")
    }
    for remark in remarks { Message.warn(remark, quiet: options.common.isQuiet) }
    material.releaseRows()
    try run(options, material, trainer)
    try output.write(material.complete(trainer.result()))
    try output.finish()
  }

  private static func run(_ options: Options, _ material: Material, _ trainer: Trainer) throws(Failure) {
    // Sums over all rows, which do not change while the run goes on.
    lazy var identity = material.identity
    let session = Session(options.session, quiet: options.common.isQuiet)
    let run = Session.Run(trainer) { () throws(Failure) in
      try material.complete(trainer.checkpoint(identity: identity))
    }
    if !options.isFresh { try trainer.continueTraining(from: material.model) }
    if let frame = try session.checkpoint() { try trainer.resume(frame, identity: identity) }
    try session.begin(run)
    try session.train(run)
    try session.end()
  }

  private static func printLists() throws {
    let text =
      "Optimizers:\n\(OptimizerKind.listing)"
      + "Schedules (t counts epochs from 0, T is their number; with by=step, steps):\n\(ScheduleKind.listing)"
      + "Averages:\n\(AverageKind.listing)"
      + "Losses:\n\(LossKind.listing)"
    let sink = ByteSink.standardOutput()
    try sink.write(text)
    try sink.finish()
  }
}
