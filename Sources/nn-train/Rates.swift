import CommandLine
import Networks
import Tensors
import Training

extension Train.Options {
  /// The schedule, with the file that it names.
  func loadedSchedule() throws(Failure) -> Schedule {
    var schedule = schedule ?? .constant
    if schedule.givesRates, learningRate != nil {
      throw .usage("--lr does not go with --schedule \(schedule.spec), whose file has the rates themselves")
    }
    try schedule.load()
    return schedule
  }
}

extension Train {
  /// Writes a line for each epoch, or each step of a schedule that counts steps: its number from 0, the learning rate,
  /// and the momentum where the schedule has one. The first two columns are a file for `--schedule table:FILE`.
  static func printRates(_ options: Options, _ schedule: Schedule) throws(Failure) {
    guard schedule.plateau == nil else {
      throw .usage("--rates: plateau follows the run; its rates are in the log of one")
    }
    let base =
      if let rate = options.learningRate { rate } else {
        try OptimizerKind.named(options.optimizer.name).defaultLearningRate
      }
    let sink = ByteSink.standardOutput()
    let epochs = options.epochs ?? 10
    for t in 0..<epochs {
      let value = schedule.value(base: base, at: t, of: epochs)
      var line = "\(t) \(Numbers.text(value.learningRate))"
      if let momentum = value.momentum { line += " \(Numbers.text(momentum))" }
      try sink.write(line + "\n")
    }
    try sink.finish()
  }
}
