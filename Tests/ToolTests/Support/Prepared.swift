/// The directory that `Tests/Tools/prepare.sh` fills once a run; tests work on copies of it.
enum Prepared {
  private static let made: (directory: Scratch, outcome: Outcome) = {
    let directory = Scratch()
    let script = "exec bash \"\(Places.cases)/prepare.sh\""
    return (directory, Command(script: script, directory: directory.path, seconds: 170).run())
  }()

  /// What the script left: its status is 0 when all files are there.
  static var outcome: Outcome { made.outcome }

  /// A copy of the prepared files.
  static func copy() -> Scratch { Scratch(copyOf: made.directory.path) }
}
