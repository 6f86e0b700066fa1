import CommandLine
import Tensors

/// What a long run is told besides its training: where its state and its log go, and when it stops.
public struct SessionOptions: Sendable {
  /// The file that keeps the run's state.
  public var checkpoint: String?
  /// How often it is written.
  public var every: CheckpointInterval?
  /// The file of the log.
  public var log: String?
  /// Seconds after which to stop.
  public var maximumTime: Double?

  /// Nothing of it.
  public init() {}

  /// Fails on what one option alone cannot see.
  ///
  /// - Parameters:
  ///   - inputs: the files that the run reads.
  ///   - output: the file of the result; nil is standard output.
  public func check(inputs: [String], output: String?) throws(Failure) {
    for (option, path, others) in [
      ("log", log, inputs + [checkpoint, output].compactMap(\.self)),
      ("checkpoint", checkpoint, inputs + [output].compactMap(\.self)),
    ] {
      guard let path, path != "-", let other = others.first(where: { FileStatus.areSame($0, path) }) else { continue }
      throw .usage("--\(option) \(path): the same file as \(other), which the run reads or writes too")
    }
    if let checkpoint, checkpoint.contains("{role}") {
      throw .usage("--checkpoint \(checkpoint): a checkpoint has no role")
    }
    if checkpoint == "-" { throw .usage("--checkpoint -: a checkpoint is read again, and has to be a file") }
    if every != nil, checkpoint == nil { throw .usage("--every needs --checkpoint FILE") }
    if log == "-", output == nil || output == "-" {
      throw .usage("--log -: standard output is taken by the model; give -o FILE")
    }
  }

  /// Fails when a file cannot be written, before anything is computed.
  public func checkFiles() throws(Failure) {
    for path in [checkpoint, log].compactMap(\.self) { try ByteSink.check(path: path) }
  }
}

extension Option {
  /// `--checkpoint`, `--every` and `--log`.
  public static func session(_ path: WritableKeyPath<Values, SessionOptions>) -> [Option] {
    let options: [Option] = [
      .file(
        "checkpoint", path.appending(path: \.checkpoint),
        "keep the run's state in FILE, and resume from it when it exists"),
      .parsed(
        "every", value: "INTERVAL", path.appending(path: \.every), "how often: 1epoch (default), 500steps, 60s",
        parse: CheckpointInterval.init(parsing:)),
      .file("log", path.appending(path: \.log), "write a JSON line an epoch to FILE", completion: .files(["jsonl"])),
    ]
    return options.map { $0.under("Checkpoints and logs") }
  }

  /// `--max-time`.
  public static func maximumTime(_ path: WritableKeyPath<Values, SessionOptions>) -> Option {
    .number(
      "max-time", value: "SECONDS", in: .positive, path.appending(path: \.maximumTime),
      "stop after the step that passes SECONDS")
  }
}
