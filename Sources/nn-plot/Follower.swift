#if canImport(Glibc)
  import Glibc
#endif
import CommandLine
import Plots
import Tensors
import Training

/// Draws again while logs grow, until the programs that write them are done.
///
/// On a terminal the figure is redrawn in its place; a file is replaced each time; otherwise the last state is written
/// once. A log that is not there yet is waited for.
struct Follower {
  private let settings: Settings
  private let paths: [String]
  /// Microseconds between looks.
  private static let pause: UInt32 = 200_000
  /// How many looks a log is given in which no program has opened it for writing yet.
  private static let patience = 10

  init(_ settings: Settings, _ operands: [String]) {
    self.settings = settings
    paths = operands.isEmpty ? ["-"] : operands
  }

  func run() throws {
    var screen = Screen(settings)
    if paths == ["-"] {
      try followStream(&screen)
    } else {
      guard !paths.contains("-") else { throw Failure.usage("--follow: standard input is followed alone") }
      try followFiles(&screen)
    }
    try screen.finish()
  }

  private func followStream(_ screen: inout Screen) throws(Failure) {
    let source = try ByteSource(path: "-")
    // One byte tells a log, whose first line is shown as it comes.
    var start = try source.peek(1)
    if start != [UInt8(ascii: "{")] { start = try source.peek(64) }
    if start.isEmpty { _ = try FrameReader(source).next() }  // which says what an empty input means
    try Follower.check(start, source.name)
    var log = LogFile(name: source.name)
    while true {
      let bytes = try source.readSome(1 << 20)
      if bytes.count == 0 { break }
      try log.add(bytes)
      try screen.show([log])
    }
    try log.finish()
    try screen.show([log])
  }

  /// Fails when an input begins as something else than a log.
  private static func check(_ start: [UInt8], _ name: String) throws(Failure) {
    guard try LogFile.isLog(start, of: name) else {
      throw .input("\(name): is \(Content(of: start).phrase) and no log: --follow is for logs that grow")
    }
  }

  private func followFiles(_ screen: inout Screen) throws(Failure) {
    for path in paths {
      while try !FrameInput.exists(path) { usleep(Follower.pause) }
    }
    var files: [GrowingFile] = []
    var logs: [LogFile] = []
    for path in paths {
      files.append(try GrowingFile(path: path))
      logs.append(LogFile(name: path))
    }
    var isWritten = false
    var looks = 0
    while true {
      // Asked before the reading, so that what is written in between is read by the next round.
      let writers = files.map(\.hasWriter)
      var hasMore = false
      for i in files.indices {
        if try files[i].hasShrunk() {
          try files[i].rewind()
          logs[i] = LogFile(name: paths[i])
        }
        while true {
          let bytes = try files[i].readMore()
          if bytes.count == 0 { break }
          if !logs[i].hasBegun { try Follower.check(bytes.withBytes { Array($0.prefix(64)) }, paths[i]) }
          try logs[i].add(bytes)
          hasMore = true
        }
      }
      if hasMore { try screen.show(logs) }
      looks += 1
      isWritten = isWritten || writers.contains(true)
      if writers.allSatisfy({ $0 == false }), isWritten || looks > Follower.patience { break }
      usleep(Follower.pause)
    }
    for i in logs.indices { try logs[i].finish() }
    try screen.show(logs, isLast: true)
  }
}

/// Where the figure is shown again and again.
private struct Screen {
  private let settings: Settings
  private var figure: Figure?
  private var shown = 0
  private var size: (columns: Int, rows: Int)?
  private var redraws: Bool { settings.common.output == nil && Terminal.moves && !settings.isSVG }

  init(_ settings: Settings) { self.settings = settings }

  mutating func show(_ logs: [LogFile], isLast: Bool = false) throws(Failure) {
    guard isLast || logs.contains(where: { $0.kind != nil }) else { return }
    let material = try Material(settings.figure, logs: logs.filter { isLast || $0.kind != nil })
    try settings.checkFigure(material.kind ?? .curves)
    let figure = try material.figure(settings.curves)
    self.figure = figure
    if redraws {
      try draw(figure)
    } else if let path = settings.common.output, path != "-" {
      try write(figure)
    }
  }

  /// Draws over what was drawn before; on a terminal of another size, on an empty one.
  private mutating func draw(_ figure: Figure) throws(Failure) {
    let sink = ByteSink.standardOutput()
    let lines = Rendering(settings).lines(of: figure, on: sink)
    let now = Terminal.size
    let isSame = now?.columns == size?.columns && now?.rows == size?.rows
    let back = shown == 0 ? "" : isSame ? "\u{1b}[\(shown)A\r" : "\u{1b}[H\u{1b}[2J"
    try sink.write(back + lines.map { $0 + "\u{1b}[K\n" }.joined() + "\u{1b}[J")
    shown = lines.count
    size = now
  }

  private func write(_ figure: Figure) throws(Failure) {
    let sink = try ByteSink.open(path: settings.common.output ?? "-")
    try sink.write(Rendering(settings).text(of: figure, on: sink))
    try sink.finish()
  }

  /// Writes what has not been shown yet.
  func finish() throws(Failure) {
    guard let figure, !redraws, settings.common.output == nil || settings.common.output == "-" else { return }
    try write(figure)
  }
}
