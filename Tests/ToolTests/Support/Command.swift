import Glibc
import Synchronization

/// What a child process left: its status and all it wrote.
struct Outcome: Sendable {
  /// The exit status, 128 plus the signal's number for a death by signal, as a shell tells it.
  var status: Int32
  var output: [UInt8]
  var errors: String
  var timedOut = false

  var text: String { String(decoding: output, as: UTF8.self) }
  /// The lines on standard error.
  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: true) }
}

/// A bash script that is run with the built tools on PATH.
struct Command {
  /// What standard input or output is.
  enum Stream {
    /// /dev/null for input; caught for output.
    case usual
    /// A pipe that delivers these bytes and ends.
    case bytes([UInt8])
    /// A pipe that delivers these bytes and stays open until the process ends.
    case open([UInt8])
    /// A pseudo-terminal.
    case terminal
    /// A pipe that nobody reads.
    case broken
  }

  var script: String
  var directory: String
  var input: Stream = .usual
  var output: Stream = .usual
  var environment: [String: String] = [:]
  var seconds = 60.0
  /// A signal sent to the process after a pause, in seconds.
  var signal: (number: Int32, after: Double)?

  /// One child is started at a time, so that none inherits the ends of another's pipes before they are marked.
  private static let starting = Mutex(())

  /// Runs to the end, or kills the whole process group after the time allowed.
  func run() -> Outcome {
    _ = ignoreBrokenPipes
    var child = Child()
    let isStarted = Command.starting.withLock { _ in
      child.open(input: input, output: output)
      return child.spawn(script, directory, environment)
    }
    guard isStarted else {
      return Outcome(status: 127, output: [], errors: "cannot start bash: \(String(cString: strerror(errno)))")
    }
    return child.wait(seconds: seconds, signal: signal)
  }
}

/// The tests write into pipes whose readers may die; the children get the default action back.
private let ignoreBrokenPipes: Bool = {
  signal(SIGPIPE, SIG_IGN)
  return true
}()

/// A running child with the ends of its pipes.
private struct Child {
  private var process: pid_t = 0
  private var toChild: Int32 = -1
  private var pending: [UInt8] = []
  private var staysOpen = false
  private var fromOutput: Int32 = -1
  private var fromErrors: Int32 = -1
  private var childEnds: [Int32] = [-1, -1, -1]

  mutating func open(input: Command.Stream, output: Command.Stream) {
    (fromErrors, childEnds[2]) = pipe()
    switch input {
    case .bytes(let bytes), .open(let bytes):
      (childEnds[0], toChild) = pipe()
      _ = fcntl(toChild, F_SETFL, O_NONBLOCK)
      pending = bytes
      if case .open = input { staysOpen = true }
    case .terminal: (toChild, childEnds[0]) = terminal()
    default: childEnds[0] = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
    switch output {
    case .terminal: (fromOutput, childEnds[1]) = terminal()
    case .broken:
      let (reader, writer) = pipe()
      close(reader)
      childEnds[1] = writer
    default: (fromOutput, childEnds[1]) = pipe()
    }
  }

  private func pipe() -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    Glibc.pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// A pseudo-terminal, by the device's own calls: posix_openpt(3) and its kin are not in the Glibc module.
  private func terminal() -> (master: Int32, slave: Int32) {
    let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
    let getNumber: UInt = 0x8004_5430  // TIOCGPTN
    let master = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var number: Int32 = 0
    guard master >= 0, ioctl(master, unlock, &number) == 0, ioctl(master, getNumber, &number) == 0 else {
      return (-1, -1)
    }
    return (master, Glibc.open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC))
  }

  mutating func spawn(_ script: String, _ directory: String, _ extra: [String: String]) -> Bool {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for number in 0..<3 { posix_spawn_file_actions_adddup2(&actions, childEnds[number], Int32(number)) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    var none = defaults
    for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    let fixed = [
      "PATH": "\(Places.tools):\(Places.environment("PATH") ?? "/usr/bin:/bin")", "LC_ALL": "C", "TERM": "dumb",
      "HOME": directory, "TMPDIR": Places.temporary, "DATA": Places.data,
    ]
    let environment = fixed.merging(extra) { $1 }.map { "\($0)=\($1)" }.sorted()
    let status = withStrings(["bash", "-c", "cd \(quoted(directory)) || exit 126\n\(script)"]) { arguments in
      withStrings(environment) { posix_spawn(&process, "/bin/bash", &actions, &attributes, arguments, $0) }
    }
    for end in childEnds where end >= 0 { close(end) }
    return status == 0
  }

  private func withStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }

  mutating func wait(seconds: Double, signal: (number: Int32, after: Double)?) -> Outcome {
    let start = now()
    var signal = signal
    var outcome = Outcome(status: 0, output: [], errors: "")
    var errors: [UInt8] = []
    var ended = false
    var status: Int32 = 0
    while !ended || fromErrors >= 0 || fromOutput >= 0 {
      if let due = signal, now() - start >= due.after {
        kill(-process, due.number)
        signal = nil
      }
      if now() - start > seconds {
        kill(-process, SIGKILL)
        outcome.timedOut = true
        if !ended { waitpid(process, &status, 0) }
        break
      }
      transfer(&outcome.output, &errors, waiting: ended ? 100 : fromOutput < 0 && fromErrors < 0 ? 1 : 5)
      if !ended, waitpid(process, &status, WNOHANG) == process {
        ended = true
        closeInput()
        // A terminal's master never ends by itself while its own slave may be reopened.
        if isatty(fromOutput) == 1 {
          transfer(&outcome.output, &errors, waiting: 0)
          closeEnd(&fromOutput)
        }
      }
    }
    closeInput()
    closeEnd(&fromOutput)
    closeEnd(&fromErrors)
    outcome.errors = String(decoding: errors, as: UTF8.self)
    outcome.status = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    return outcome
  }

  /// One round of poll(2) over the pipes.
  private mutating func transfer(_ output: inout [UInt8], _ errors: inout [UInt8], waiting milliseconds: Int32) {
    var polls: [pollfd] = []
    let writes = toChild >= 0 && !pending.isEmpty
    for end in [fromOutput, fromErrors] where end >= 0 {
      polls.append(pollfd(fd: end, events: Int16(POLLIN), revents: 0))
    }
    if writes { polls.append(pollfd(fd: toChild, events: Int16(POLLOUT), revents: 0)) }
    poll(&polls, nfds_t(polls.count), milliseconds)
    for polled in polls where polled.revents != 0 {
      switch polled.fd {
      case toChild: feed()
      case fromOutput: drain(&fromOutput, &output)
      default: drain(&fromErrors, &errors)
      }
    }
    if toChild >= 0, pending.isEmpty, !staysOpen, isatty(toChild) == 0 { closeInput() }
  }

  private mutating func feed() {
    let written = pending.withUnsafeBytes { write(toChild, $0.baseAddress, $0.count) }
    if written > 0 {
      pending.removeFirst(written)
    } else if errno != EAGAIN, errno != EINTR {
      pending = []
      staysOpen = false
      closeInput()
    }
  }

  private func drain(_ end: inout Int32, _ bytes: inout [UInt8]) {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let got = read(end, &chunk, chunk.count)
    if got > 0 {
      bytes += chunk[..<got]
    } else if got == 0 || (errno != EINTR && errno != EAGAIN) {
      close(end)
      end = -1
    }
  }

  private mutating func closeInput() { closeEnd(&toChild) }

  private func closeEnd(_ end: inout Int32) {
    if end >= 0 { close(end) }
    end = -1
  }
}

/// Seconds of a clock that nobody sets.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
