#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// The version of the whole suite.
public let version = "0.1.0"

/// What a tool is: its words for the help, its option table, and the function that does the work.
public struct Tool<Values> {
  /// The command's name, such as `nn-train`.
  public var name: String
  /// One line that says what the tool does.
  public var purpose: String
  /// The operands as the synopsis shows them.
  public var operands: String
  /// Two or three examples, each a command line that works.
  public var examples: [String]
  /// More lines for the help, after the options.
  public var notes: [String]
  /// Settings before the command line is read.
  public var defaults: Values
  /// The option table.
  public var options: [Option<Values>]
  /// Whether the operands are streams of frames, so that none means standard input.
  public var readsFrames: Bool
  /// What a shell offers for operands.
  public var completion: Completion
  /// Does the work.
  public var run: (Values, [String]) throws -> Void

  /// Describes a tool.
  public init(
    _ name: String, purpose: String, operands: String = "[FILE ...]", examples: [String],
    notes: [String] = [],
    defaults: Values, options: [Option<Values>], readsFrames: Bool = true,
    completion: Completion? = nil, run: @escaping (Values, [String]) throws -> Void
  ) {
    self.name = name
    self.purpose = purpose
    self.operands = operands
    self.examples = examples
    self.notes = notes
    self.defaults = defaults
    self.options = options
    self.readsFrames = readsFrames
    self.completion = completion ?? (readsFrames ? .tensorFiles : .files)
    self.run = run
  }

  /// Reads the command line, runs, and leaves with the exit status that the conventions set: 0 success, 1 failure,
  /// 2 usage, 3 bad input.
  public func main() -> Never {
    Process.prepare(name: name)
    do {
      try start(Array(CommandLine.arguments.dropFirst()))
      exit(0)
    } catch let failure as Failure {
      Message.write(failure.message, hint: failure.status == .usage ? "; try '\(name) --help'" : "")
      exit(failure.status.rawValue)
    } catch is InputMissing {
      Message.write("standard input is a terminal", help: shortHelp + "\n")
      exit(Failure.Status.usage.rawValue)
    } catch {
      Message.write("\(error)")
      exit(Failure.Status.failed.rawValue)
    }
  }

  private func start(_ arguments: [String]) throws {
    if arguments.first == Completer<State>.request {
      return try print(Completer(options: table, operands: completion).answer(arguments.dropFirst()).text)
    }
    var state = State(values: defaults)
    let operands = try Parser(options: table).parse(arguments, into: &state)
    switch state.request {
    case .help: return try print(help)
    case .version: return try print("\(name) \(version)\n")
    case .completion(let shell): return try print(CompletionScript(tool: name).text(for: shell))
    case nil: break
    }
    if readsFrames, FrameInput.readsStandardInput(operands), isatty(0) == 1 {
      throw InputMissing()
    }
    try run(state.values, operands)
  }

  /// Called with no input at all: the answer is a short help.
  private struct InputMissing: Error {}

  private func print(_ text: String) throws {
    let sink = ByteSink.standardOutput()
    try sink.write(text)
    try sink.finish()
  }

  /// The tool's options and those that every tool has, which are asked for instead of work.
  var table: [Option<State>] {
    let own = options.map { option in
      Option<State>(option.long, option.short, option.argument.lifted(), option.summary, group: option.group) {
        (state, text) throws(Failure) in try option.set(&state.values, text)
      }
    }
    let help: [Option<State>] = [
      .flag("help", short: "h", \.asksHelp, "show this help"),
      .flag("version", short: "V", \.asksVersion, "show the version"),
      .parsed(
        "completion", value: "SHELL", \.completionShell, "print a completion script: bash, zsh or fish",
        completion: .words(Shell.allCases.map(\.rawValue))
      ) { (text) throws(Failure) in
        guard let shell = Shell(rawValue: text) else {
          throw .usage(Nearest.unknown(text, "shell", among: Shell.allCases.map(\.rawValue)))
        }
        return shell
      },
    ]
    return own + help.map { $0.under("Help") }
  }

  struct State {
    enum Request { case help, version, completion(Shell) }
    var values: Values
    var asksHelp = false
    var asksVersion = false
    var completionShell: Shell?
    var request: Request? {
      if asksHelp { return .help }
      if asksVersion { return .version }
      return completionShell.map(Request.completion)
    }
  }
}

/// Shells that completion scripts are written for.
enum Shell: String, CaseIterable { case bash, zsh, fish }

extension Option.Argument {
  /// The same argument in the table of another struct of settings.
  func lifted<Other>() -> Option<Other>.Argument {
    switch self {
    case .none: .none
    case .toggle: .toggle
    case .value(let placeholder, let completion): .value(placeholder, completion)
    }
  }
}
