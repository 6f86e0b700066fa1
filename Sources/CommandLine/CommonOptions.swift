import Tensors

/// Settings that mean the same in every tool that has them.
public struct CommonOptions: Sendable {
  /// Where the result goes; nil is standard output.
  public var output: String?
  /// No progress and no warnings.
  public var isQuiet = false
  /// More lines about what is done.
  public var isVerbose = false
  /// The key of all random numbers.
  public var seed = 0
  /// Threads that work.
  public var threads: Int?
  /// The instruction level of the computing; nil is the highest here.
  public var cpu: String?

  /// The defaults.
  public init() {}
}

extension Option {
  /// `-o/--output`.
  public static func output(
    _ path: WritableKeyPath<Values, CommonOptions>, _ summary: String, completion: Completion = .tensorFiles
  ) -> Option {
    .file("output", short: "o", path.appending(path: \.output), summary, completion: completion).under("Common")
  }
  /// `-q/--quiet`.
  public static func quiet(_ path: WritableKeyPath<Values, CommonOptions>) -> Option {
    .flag("quiet", short: "q", path.appending(path: \.isQuiet), "no progress and no warnings").under("Common")
  }
  /// `-v/--verbose`.
  public static func verbose(_ path: WritableKeyPath<Values, CommonOptions>, _ summary: String) -> Option {
    .flag("verbose", short: "v", path.appending(path: \.isVerbose), summary).under("Common")
  }
  /// `-s/--seed`.
  public static func seed(_ path: WritableKeyPath<Values, CommonOptions>) -> Option {
    .integer(
      "seed", short: "s", in: 0...Int.max, path.appending(path: \.seed),
      "key of all random numbers (default 0)"
    ).under("Common")
  }
  /// `-j/--threads`.
  public static func threads(_ path: WritableKeyPath<Values, CommonOptions>) -> Option {
    .integer(
      "threads", short: "j", in: 1...256, path.appending(path: \.threads),
      "threads that work (default: all processors); the result is the same for any number"
    ).under("Common")
  }
}
