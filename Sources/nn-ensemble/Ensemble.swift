import CommandLine
import Tensors
import Training

struct Settings {
  var common = CommonOptions()
  var weights: [Double]?
  var isGeometric = false
  var isVote = false
  var averagesModels = false
}

@main
enum Ensemble {
  static func main() {
    Tool(
      "nn-ensemble",
      purpose: "make one prediction of many, or one model of many",
      examples: [
        "nn-ensemble p1.st p2.st p3.st | nn-eval",
        "cat p1.st p2.st | nn-ensemble --weights 2,1 -o p.st",
        "nn-ensemble --models model.st model2.st -o soup.st",
      ],
      defaults: Settings(),
      options: [
        .parsed("weights", value: "A,B,...", \.weights, "weights of the members, in their order (default: equal)") {
          (text) throws(Failure) in try weights(text)
        },
        .flag("geometric", \.isGeometric, "normalised geometric mean of the probabilities"),
        .flag("vote", \.isVote, "share of the members that vote for each class"),
        .flag("models", \.averagesModels, "average the parameters of models built alike"),
        .output(\.common, "write to FILE instead of standard output"),
        .quiet(\.common),
      ],
      run: run
    ).main()
  }

  static func weights(_ text: String) throws(Failure) -> [Double]? {
    var weights: [Double] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      weights.append(try Numbers.number(String(part), in: .notNegative))
    }
    _ = try MemberWeights(weights)
    return weights
  }

  static func run(_ settings: Settings, _ operands: [String]) throws {
    let rules = [settings.isGeometric, settings.isVote, settings.averagesModels]
    guard rules.count(where: { $0 }) <= 1 else {
      throw Failure.usage("only one of --geometric, --vote and --models can be given")
    }
    let weights = try settings.weights.map { (given) throws(Failure) in try MemberWeights(given) } ?? MemberWeights()
    if let sum = weights.sumToWarnOf {
      Message.warn("the weights sum to \(sum); each is divided by that", quiet: settings.common.isQuiet)
    }
    let output = try FrameOutput(path: settings.common.output)
    let input = try FrameInput(operands: operands, modelsFirst: false)
    if settings.averagesModels {
      try average(input, weights, output, isQuiet: settings.common.isQuiet)
    } else {
      try combine(input, settings, weights, output)
    }
    try output.finish()
  }

  private static func combine(
    _ input: FrameInput, _ settings: Settings, _ weights: MemberWeights, _ output: FrameOutput
  ) throws(Failure) {
    let combination: Combination = settings.isGeometric ? .geometric : settings.isVote ? .vote : .mean
    var ensemble = PredictionEnsemble(combination, weights: weights)
    while let frame = try input.next() { try ensemble.add(frame) }
    warnOfOne(ensemble.members, "prediction", settings.common.isQuiet)
    try ensemble.finish { (frame) throws(Failure) in try output.write(frame) }
  }

  private static func average(
    _ input: FrameInput, _ weights: MemberWeights, _ output: FrameOutput, isQuiet: Bool
  ) throws(Failure) {
    var average = ModelAverage(weights: weights)
    while let frame = try input.next() { try average.add(frame) }
    warnOfOne(average.members, "model", isQuiet)
    if average.dropsTrainingState {
      Message.warn("the models differ in their state of training, which is left out", quiet: isQuiet)
    }
    try output.write(average.result())
  }

  private static func warnOfOne(_ members: Int, _ what: String, _ isQuiet: Bool) {
    if members == 1 { Message.warn("one \(what) only: nothing to combine", quiet: isQuiet) }
  }
}
