import Tensors

/// What a run fails on before it begins, or when rows come that it cannot take.
extension Trainer {
  /// Fails when something asks beforehand for what only the end of the rows will show.
  func checkTotals() throws(Failure) {
    let schedule = options.schedule
    if schedule.followsTotal, rows.areWindow, schedule.countsSteps {
      throw .usage(
        "--schedule \(schedule.spec) follows the number of steps, which a stream tells at its end: by=epoch follows "
          + "--epochs")
    }
    if schedule.followsTotal, options.epochs == nil {
      throw .usage(
        "--schedule \(schedule.spec) follows the number of epochs, which the stream does not tell: give --epochs")
    }
    guard rows.areWindow else { return }
    if case .balanced? = options.classWeights {
      throw .usage("--class-weight balanced counts all rows beforehand; for a stream give weights, such as 0:2,1:0.5")
    }
    if let spec = options.average?.spec, average?.needsPass == true {
      throw .usage(
        "--average \(spec) takes the statistics of batch normalisation in a pass over all rows, and those of a "
          + "stream are gone: ema:0.999 averages them")
    }
  }

  /// Fails for rows that batch normalisation could take no statistics of.
  static func checkStatistics(of data: Dataset) throws(Failure) {
    guard data.rows > 1 else {
      throw .input("the training data has 1 row; batch normalisation takes the statistics of two or more")
    }
  }
}
