import CommandLine
import Search
import Tensors

/// What the command line asks for.
struct Settings {
  var common = CommonOptions()
  var isGrid = false
  var random: Int?
  var sobol: Int?
  var halving: SearchMetric?
  var epochs: ClosedRange<Int>?
  var factor: Int?
  var log: String?
  var done: String?
  var printsAll = false
  var best: SearchMetric?
  var isTable = false
  var asksImportance = false
}

@main
enum SearchTool {
  static func main() {
    Tool<Settings>(
      "nn-search", purpose: "write the command lines of a search, and rank what came of them",
      operands: "NAME=VALUES ... 'COMMAND' | LOG ...",
      examples: [
        "nn-search --grid lr=0.1,0.01 'nn-train init.st train.st --lr {lr} -o {id}.st'",
        "nn-search --random 9 lr=log:1e-4..1e-1 'nn-check init.st train.st --lr {lr}'",
      ],
      notes: [
        "VALUES: 64,128,256 (choices), 1..8 (whole numbers), 0..0.5 (numbers), log:1e-4..1e-1 (by the logarithm), and a "
          + "range with levels for a grid, log:1e-4..1e-1/4. 'NAME=VALUES if OTHER>=128' is there under a condition. In the "
          + "command {NAME} is the value, {NAME=TEXT} has a text for where it is absent, {id} a name of the trial's own, {n} "
          + "its number."
      ],
      defaults: Settings(), options: options, readsFrames: false,
      completion: .files(["jsonl"]), run: run
    ).main()
  }

  private static var options: [Option<Settings>] {
    let space: [Option<Settings>] = [
      .flag("grid", \.isGrid, "every combination of values"),
      .integer("random", in: 1...1_000_000, \.random, "N trials at random"),
      .integer("sobol", in: 1...1_000_000, \.sobol, "N trials of a Sobol sequence, more even than random ones"),
    ]
    let halving: [Option<Settings>] = [
      .parsed(
        "halving", value: "METRIC", \.halving, "run all a little, the best by METRIC longer, and so on",
        completion: .words(metrics)
      ) { (text) throws(Failure) in try SearchMetric(parsing: text) },
      .parsed("epochs", value: "MIN..MAX", \.epochs, "epochs of the first rung and of the last", parse: range),
      .integer(
        "factor", value: "K", in: 2...1000, \.factor,
        "a rung has K times the epochs of the one before, 1/K of its trials (default 3)"),
    ]
    let files: [Option<Settings>] = [
      .file("log", value: "PATTERN", \.log, "the trials' logs (default: the --log of the command)"),
      .file(
        "done", value: "PATTERN", \.done, "what is there when a trial is finished (default: the -o of the command)"),
      .flag("all", \.printsAll, "print the lines of finished trials, too"),
    ]
    let results: [Option<Settings>] = [
      .parsed(
        "best", value: "METRIC", \.best, "rank the trials, or the logs given, by METRIC", completion: .words(metrics)
      ) { (text) throws(Failure) in try SearchMetric(parsing: text) },
      .flag("importance", \.asksImportance, "with --best: how much goes with each parameter"),
      .flag("table", \.isTable, "tab-separated values: parameters, and figures of the logs"),
    ]
    return space.map { $0.under("Trials") } + halving.map { $0.under("Successive halving") }
      + files.map { $0.under("Files of a trial") } + results.map { $0.under("Results") } + [
        .output(\.common, "write to FILE instead of standard output", completion: .files),
        .seed(\.common), .quiet(\.common),
      ]
  }

  private static let metrics = ["loss", "accuracy", "valid_loss", "valid_accuracy"]

  /// "1..27".
  private static func range(_ text: String) throws(Failure) -> ClosedRange<Int>? {
    guard let dots = text.firstRange(of: ".."), let low = Int(text[..<dots.lowerBound]),
      let high = Int(text[dots.upperBound...]), low >= 1, low <= high, high <= 1_000_000
    else { throw .usage("epochs such as 1..27 are due") }
    return low...high
  }

  private static func run(_ settings: Settings, _ operands: [String]) throws {
    let method = try settings.method()
    try settings.check()
    if let path = settings.common.output { try ByteSink.check(path: path) }
    guard let method else { return try rank(settings, logs: operands) }
    guard let command = operands.last else { throw Failure.usage("NAME=VALUES ... 'COMMAND' are due") }
    guard command.contains("{") || !Search.isParameter(command) else {
      throw Failure.usage("the command is due after \(command), with {NAME} where a value goes")
    }
    let search = try Search(
      parameters: operands.dropLast(), command: command, method: method, seed: settings.common.seed,
      halving: try settings.successiveHalving(), result: settings.done, log: settings.log)
    for remark in search.remarks { Message.warn(remark, quiet: settings.common.isQuiet) }
    if search.count < method.count ?? 0 {
      Message.warn("the space has but \(search.count) different trials", quiet: settings.common.isQuiet)
    }
    if settings.best != nil || settings.isTable {
      return try write(try Report(search, by: settings.best), settings)
    }
    let plan = try search.plan(all: settings.printsAll)
    try write(plan.commands.map { $0 + "\n" }.joined(), settings)
    if !settings.common.isQuiet { Message.write(plan.summary) }
  }

  private static func rank(_ settings: Settings, logs: [String]) throws {
    guard let metric = settings.best else {
      throw Failure.usage("--grid, --random N, --sobol N or --best METRIC is due")
    }
    guard !settings.asksImportance else {
      throw Failure.usage("--importance: logs do not tell parameters; give the command of the search with --best added")
    }
    guard !logs.isEmpty else {
      throw Failure.usage("--best: logs are due, or the command of the search with --best added")
    }
    try write(try Report(logs: logs, by: metric), settings)
  }

  private static func write(_ report: Report, _ settings: Settings) throws {
    let text =
      settings.asksImportance
      ? report.importance(isTable: settings.isTable) : settings.isTable ? report.table : report.ranking
    try write(text, settings)
  }

  private static func write(_ text: String, _ settings: Settings) throws {
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    try sink.write(text)
    try sink.finish()
  }
}

extension Settings {
  /// How points are chosen; nil when no way is told.
  func method() throws(Failure) -> Method? {
    let methods = (isGrid ? [.grid] : []) + [random.map(Method.random), sobol.map(Method.sobol)].compactMap(\.self)
    guard methods.count < 2 else { throw .usage("--grid, --random and --sobol exclude each other") }
    return methods.first
  }

  /// Fails on what one option alone cannot see.
  func check() throws(Failure) {
    if halving == nil, epochs != nil || factor != nil {
      throw .usage("\(epochs != nil ? "--epochs" : "--factor") needs --halving METRIC")
    }
    if asksImportance, best == nil { throw .usage("--importance needs --best METRIC") }
    if printsAll, best != nil || isTable { throw .usage("--all is for command lines, not for results") }
  }

  /// The rungs; nil where all trials run to their end at once.
  func successiveHalving() throws(Failure) -> Halving? {
    guard let metric = halving else { return nil }
    guard let epochs else { throw .usage("--halving needs --epochs MIN..MAX") }
    return Halving(metric: metric, epochs: epochs, factor: factor ?? 3)
  }
}
