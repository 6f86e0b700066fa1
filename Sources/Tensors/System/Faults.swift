#if canImport(Glibc)
  import Glibc
#endif
import Synchronization

/// Failures of system calls on demand, which the tests ask for as SQLite's do of its own file layer.
///
///     NN_FAULTS=CALL:N:ERRNO[:FILE]
///
/// The N-th CALL of the process (`any`: the N-th of all) fails with ERRNO, named as in errno(3); `short` in the place of
/// ERRNO makes a read or write transfer one byte. With `N+` all later ones fail too, as on a disk that stays full. FILE,
/// if given, is made when a call fails for the first time, with its name. Without the variable nothing is counted.
enum Faults {
  private struct Plan {
    /// nil for any.
    var call: System.Call?
    var number: Int
    var persists: Bool
    /// nil for a short transfer.
    var error: Int32?
    var report: String?
  }

  private static let errors: [String: Int32] = [
    "EACCES": EACCES, "EAGAIN": EAGAIN, "EDQUOT": EDQUOT, "EINTR": EINTR, "EIO": EIO, "EMFILE": EMFILE,
    "ENOMEM": ENOMEM, "ENOSPC": ENOSPC, "EPIPE": EPIPE, "EROFS": EROFS,
  ]

  private static let plan: Plan? = getenv("NN_FAULTS").flatMap { parse(String(cString: $0)) }
  /// Calls so far that the plan counts.
  private static let count = Atomic<Int>(0)

  private static func parse(_ text: String) -> Plan? {
    let parts = text.split(separator: ":", maxSplits: 3).map(String.init)
    let persists = parts.count > 1 && parts[1].hasSuffix("+")
    guard parts.count >= 3, let number = Int(persists ? String(parts[1].dropLast()) : parts[1]),
      parts[0] == "any" || System.Call(rawValue: parts[0]) != nil, parts[2] == "short" || errors[parts[2]] != nil
    else { return nil }
    return Plan(
      call: System.Call(rawValue: parts[0]), number: number, persists: persists, error: errors[parts[2]],
      report: parts.count > 3 ? parts[3] : nil)
  }

  /// Whether a call is to fail; errno is set then.
  static func strike(_ call: System.Call) -> Bool {
    guard let plan, let error = plan.error, isDue(call, plan) else { return false }
    errno = error
    return true
  }

  /// The number of bytes that a call may transfer, of `count` wanted.
  static func cut(_ call: System.Call, _ count: Int) -> Int {
    guard let plan, plan.error == nil, isDue(call, plan) else { return count }
    return min(1, count)
  }

  private static func isDue(_ call: System.Call, _ plan: Plan) -> Bool {
    guard plan.call == nil || plan.call == call else { return false }
    let number = count.add(1, ordering: .relaxed).newValue
    guard number == plan.number || plan.persists && number > plan.number else { return false }
    if number == plan.number, let report = plan.report {
      let file = Glibc.open(report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      _ = call.rawValue.withCString { Glibc.write(file, $0, strlen($0)) }
      Glibc.close(file)
    }
    return true
  }
}
