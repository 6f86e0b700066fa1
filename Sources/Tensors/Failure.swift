#if canImport(Glibc)
  import Glibc
#endif

/// What every tool's `catch` sees: one line for a person and the exit status that goes with it.
///
/// Statuses follow grep and jq, not sysexits: 1 the system or the training failed, 2 the command line is wrong,
/// 3 the input is wrong.
public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The exit status of the process.
  public enum Status: Int32, Sendable {
    /// Input or output failed, memory ran out, or training diverged.
    case failed = 1
    /// The command line is wrong.
    case usage = 2
    /// The input is empty, truncated, corrupt, of the wrong kind or shape.
    case input = 3
  }

  /// The exit status that belongs to this failure.
  public var status: Status
  /// One line: what, where, expected and found, what to do.
  public var message: String

  /// Makes a failure of a given status.
  public init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// A failure of the work itself (status 1).
  public static func failed(_ message: String) -> Failure { Failure(.failed, message) }
  /// A wrong command line (status 2).
  public static func usage(_ message: String) -> Failure { Failure(.usage, message) }
  /// Wrong input (status 3).
  public static func input(_ message: String) -> Failure { Failure(.input, message) }

  /// A system call that failed (status 1), with the system's own words for the error number.
  public static func system(_ place: String, _ number: Int32 = errno) -> Failure {
    Failure(.failed, "\(place): \(String(cString: strerror(number)))")
  }

  /// The message alone.
  public var description: String { message }

  /// The same failure, its message led by the place where it was found.
  public func at(_ place: String) -> Failure { Failure(status, "\(place): \(message)") }
}
