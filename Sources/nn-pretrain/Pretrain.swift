import CommandLine
import ComputeOptions
import Networks
import Tensors
import Training
import TrainingInput
import TrainingSession

@main
enum Pretrain {
  static func main() {
    Tool<Settings>(
      "nn-pretrain", purpose: "pretrain a model's layers on data without labels", operands: "[MODEL|DATA ...]",
      examples: [
        "nn-pretrain --autoencoder --denoise 0.2 init.st unlabelled.st -o pre.st",
        "nn-prep --minmax train.st | nn-pretrain --rbm init.st - > pre.st",
      ],
      notes: [
        "Dense layers, and by --autoencoder convolutions, are pretrained one after the other from the lowest up, each on "
          + "what the layers below make of the data; all but the last layer with weights, unless --layers names others. Labels are ignored."
      ],
      defaults: Settings(), options: Settings.options, run: run
    ).main()
  }

  static func run(_ settings: Settings, _ operands: [String]) throws {
    let options = try settings.pretraining()
    if settings.valid == "-", FrameInput.readsStandardInput(operands) {
      throw Failure.usage("--valid -: standard input is read for the operands")
    }
    let inputs = operands + [settings.valid].compactMap(\.self)
    try settings.session.check(inputs: inputs, output: settings.common.output)
    let output = try FrameOutput(path: settings.common.output)
    try settings.session.checkFiles()
    let team = try settings.common.threadTeam()
    let material = try Material(operands: operands, valid: settings.valid, isUnlabelled: true, team: team)
    let pretraining = try Pretraining(
      material.network, options, data: material.data, validation: material.validation, team: team)
    if settings.unrolls { try pretraining.checkUnrolling() }
    for remark in material.remarks(loss: nil) + pretraining.remarks {
      Message.warn(remark, quiet: settings.common.isQuiet)
    }
    try run(settings, material, pretraining)
    var result = try material.complete(settings.unrolls ? try pretraining.unrolled() : pretraining.result)
    if settings.unrolls { for key in [Metadata.classes, "nn.optimizer"] { result.metadata[key] = nil } }
    try output.write(result)
    try output.finish()
  }

  private static func run(
    _ settings: Settings, _ material: Material, _ pretraining: Pretraining
  ) throws(Failure) {
    lazy var identity = material.identity
    let session = Session(settings.session, quiet: settings.common.isQuiet)
    var isFirst = true
    let checkpoint = try session.checkpoint()
    var next: PretrainingStage?
    if let checkpoint {
      next = try pretraining.resume(checkpoint, identity: identity)
    } else {
      next = try pretraining.nextStage()
    }
    while let stage = next, !session.isOutOfTime {
      var run = Session.Run(stage.trainer) { () throws(Failure) in
        try material.complete(pretraining.checkpoint(identity: identity))
      }
      run.label = "layer \(stage.name), "
      run.subject = [("layer", .string(stage.name))]
      run.notes = stage.notes
      if isFirst { try session.begin(run) }
      isFirst = false
      try session.train(run)
      pretraining.finishStage()
      next = try pretraining.nextStage()
    }
    if let stage = next {
      Message.warn(
        "--max-time: layer \(stage.name) was not reached and stays as it was", quiet: settings.common.isQuiet)
    }
    try session.end()
  }
}
