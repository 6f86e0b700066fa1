import CommandLine
import Networks
import Tensors
import Training

/// What the command line asks for.
struct Settings {
  var common = CommonOptions()
  var initialLoss = false
  var gradients = false
  var activations = false
  var overfit: Int?
  var range: ClosedRange<Double>?
  var loss: (any Loss)?
  var rows = 256
  var samples = 10
  var steps: Int?
  var batchSize = 32
  var optimizer = Spec("adam")
  var learningRate: Double?
  var log: String?
  var isJSON = false

  /// Whether no check is asked for by name.
  private var asksNone: Bool { !initialLoss && !gradients && !activations && overfit == nil && range == nil }

  /// Fails on what one option alone cannot see.
  func check(_ operands: [String]) throws(Failure) {
    guard let log else { return }
    if range == nil { throw .usage("--log needs --lr-range A..B") }
    if log == "-", common.output == nil || common.output == "-" {
      throw .usage("--log -: standard output is taken by the report; give -o FILE")
    }
    let others = operands + [common.output].compactMap(\.self)
    if log != "-", let other = others.first(where: { FileStatus.areSame($0, log) }) {
      throw .usage("--log \(log): the same file as \(other), which is read or written too")
    }
  }

  /// Runs the checks that are asked for, the cheap ones when none is.
  func results(for subject: CheckSubject) throws(Failure) -> [any CheckResult] {
    var results: [any CheckResult] = []
    if initialLoss || asksNone { results.append(try InitialLoss(subject)) }
    if gradients || asksNone { results.append(try GradientAgreement(subject, samples: samples)) }
    if activations || asksNone { results.append(try LayerActivity(subject)) }
    if let overfit { results.append(try self.overfit(overfit, subject)) }
    if let range { results.append(try learningRates(range, subject)) }
    return results
  }

  private func overfit(_ rows: Int, _ subject: CheckSubject) throws(Failure) -> Overfit {
    let kind = try OptimizerKind.named(optimizer.name)
    var options = Overfit.Options(
      rows: rows, optimizer: try kind.make(optimizer), learningRate: learningRate ?? kind.defaultLearningRate)
    options.batchSize = batchSize
    if let steps { options.steps = steps }
    return try Overfit(subject, options: options)
  }

  private func learningRates(_ range: ClosedRange<Double>, _ subject: CheckSubject) throws(Failure) -> LearningRateRange
  {
    var options = LearningRateRange.Options(
      range: range, optimizer: try OptimizerKind.named(optimizer.name).make(optimizer))
    options.batchSize = batchSize
    if let steps { options.steps = steps }
    let result = try LearningRateRange(subject, options: options)
    if let log {
      let sink = try ByteSink.open(path: log)
      try sink.write(result.curve.log)
      try sink.finish()
    }
    return result
  }
}
