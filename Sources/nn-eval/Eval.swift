import CommandLine
import Tensors
import Training

struct Settings {
  var common = CommonOptions()
  var evaluation = Evaluation.Options()
  var unseen: String?
  var perClass = false
  var perSample = false
  var isJSON = false
  var areFolds = false
  var confidence: Double?
  var requirements: [Requirement] = []
}

@main
enum Eval {
  static func main() {
    Tool(
      "nn-eval",
      purpose: "say how good predictions are",
      examples: [
        "nn-predict model.st test.st | nn-eval",
        "nn-eval --confusion --per-class p1.st",
        "nn-eval --json --require accuracy=0.9 p1.st",
        "nn-eval --folds p1.st p2.st p3.st",
        "nn-predict model.st valid.st | nn-eval --calibrate",
      ],
      notes: [
        "Predictions of classes are told accuracy, nll (mean negative log-likelihood), Brier score, calibration error and "
          + "precision, recall and F1; predictions of labels, each yes or no for itself, the shares of labels and of rows that are "
          + "right, their cross-entropy and precision, recall and F1; predictions of values MAE, MSE, RMSE and R2."
      ],
      defaults: Settings(),
      options: [
        .repeated("top", value: "K", \.evaluation.top, "accuracy within the K most probable classes") {
          (text) throws(Failure) in try Numbers.integer(text, in: 1...1_000_000)
        },
        .flag("auc", \.evaluation.auc, "area under the ROC curve (keeps all scores)"),
        .flag("uncertainty", \.evaluation.uncertainty, "how well doubt tells wrong rows from right ones"),
        .file("unseen", \.unseen, "and these rows, of classes never learnt, from the others", completion: .tensorFiles),
        .flag("calibrate", \.evaluation.calibration, "the temperature that nn-freeze makes predictions honest with"),
        .flag("confusion", \.evaluation.confusion, "confusion matrix: a row a true class"),
        .flag("per-class", \.perClass, "precision, recall, F1 and support of each class or label"),
        .flag("per-sample", \.perSample, "a line for each row with its loss, instead of the metrics"),
        .flag("json", \.isJSON, "one JSON object instead of text, or with --per-sample one a row"),
        .flag("folds", \.areFolds, "each segment is a fold: mean, standard deviation and interval of each metric"),
        .number("confidence", in: .belowOne, \.confidence, "level of the interval of --folds (default 0.95)"),
        .repeated(
          "require", value: "NAME=X", \.requirements,
          "exit with status 1 unless the metric is at least as good as X; NAME>=X and NAME<=X say the side",
          parse: requirement),
        .output(\.common, "write to FILE instead of standard output", completion: .files),
        .quiet(\.common),
      ],
      run: run
    ).main()
  }

  /// "accuracy=0.97", "accuracy>=0.97", "nll<=0.1".
  static func requirement(_ text: String) throws(Failure) -> Requirement {
    guard let equals = text.firstIndex(of: "=") else {
      throw .usage("NAME=X, 'NAME>=X' or 'NAME<=X' is due, such as accuracy=0.97")
    }
    var name = text[..<equals]
    let mark = try Numbers.number(String(text[text.index(after: equals)...]), in: .any)
    let sign = name.last
    if sign == ">" || sign == "<" { name.removeLast() }
    let metric = String(name)
    guard Metric.names.contains(metric) || Metric.topCount(metric) != nil else {
      throw .usage(Nearest.unknown(metric, "metric", among: Metric.names + ["top5"]))
    }
    switch sign {
    case ">": return Requirement(metric, .atLeast, mark)
    case "<": return Requirement(metric, .atMost, mark)
    default: return Requirement(metric, Metric.isLoss(metric) ? .atMost : .atLeast, mark)
    }
  }

  static func run(_ settings: Settings, _ operands: [String]) throws {
    if let path = settings.common.output { try ByteSink.check(path: path) }
    var options = settings.evaluation
    for requirement in settings.requirements { options.ask(for: requirement.metric) }
    if settings.unseen != nil { options.uncertainty = true }
    if settings.unseen == "-", operands.isEmpty || operands.contains("-") {
      throw Failure.usage("--unseen -: standard input has the other predictions")
    }
    options.top = Set(options.top).sorted()
    if settings.perSample, options.confusion || settings.perClass || options.uncertainty || options.calibration {
      throw Failure.usage("--per-sample: rows are printed in place of the metrics and their tables")
    }
    if settings.areFolds, settings.perSample || settings.perClass || options.confusion {
      throw Failure.usage("--folds: what is printed is the mean of metrics; tables and rows are of one evaluation")
    }
    if settings.areFolds, settings.unseen != nil {
      throw Failure.usage("--folds: --unseen is about one evaluation")
    }
    if settings.confidence != nil, !settings.areFolds { throw Failure.usage("--confidence needs --folds") }
    let input = try FrameInput(operands: operands)
    if settings.areFolds { return try crossValidate(settings, options, input) }
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    var evaluation = Evaluation(options)
    var samples = SampleTable(isJSON: settings.isJSON)
    while let frame = try input.next() {
      try evaluation.add(frame)
      if settings.perSample { try sink.write(samples.lines(of: Predictions(frame))) }
    }
    if let path = settings.unseen {
      let unseen = try FrameInput(operands: [path])
      while let frame = try unseen.next() { try evaluation.addUnseen(frame) }
    }
    let result = try evaluation.result()
    if settings.perClass, !result.hasClasses {
      throw Failure.usage("--per-class is for predicted classes; these predictions are values")
    }
    let complaints = try result.complaints(settings.requirements)
    if !settings.perSample {
      try sink.write(
        settings.isJSON
          ? result.json(confusion: options.confusion, perClass: settings.perClass).text + "\n"
          : result.text(confusion: options.confusion, perClass: settings.perClass))
    }
    try sink.finish()
    try fail(complaints)
  }

  /// Evaluates each segment by itself, and tells what they come to.
  private static func crossValidate(
    _ settings: Settings, _ options: Evaluation.Options, _ input: FrameInput
  ) throws {
    var evaluations: [Evaluation] = []
    while let frame = try input.next() {
      if frame.index == 0 || evaluations.isEmpty { evaluations.append(Evaluation(options)) }
      try evaluations[evaluations.count - 1].add(frame)
    }
    let results = try evaluations.map { try $0.result() }
    let folds = try CrossValidation(results, confidence: settings.confidence ?? 0.95)
    let complaints = try folds.complaints(settings.requirements)
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    try sink.write(settings.isJSON ? folds.json.text + "\n" : folds.text)
    try sink.finish()
    try fail(complaints)
  }

  private static func fail(_ complaints: [String]) throws(Failure) {
    for complaint in complaints.dropLast() { Message.write(complaint) }
    if let complaint = complaints.last { throw Failure.failed(complaint) }
  }
}
