#if canImport(Glibc)
  import Glibc
#endif
import Synchronization
import Tensors

/// SIGINT and SIGTERM in a long run: the first asks it to stop where nothing is lost, the second kills at once.
public enum Interruption {
  private static let pending = Atomic<Int32>(0)

  /// Takes the signals over, unless they are ignored.
  public static func handle() {
    _ = pending.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      let previous = signal(number, SIG_DFL)
      let isIgnored = unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
      signal(number, isIgnored ? SIG_IGN : note)
    }
  }

  private static let note: @convention(c) (Int32) -> Void = { number in
    if pending.exchange(number, ordering: .sequentiallyConsistent) != 0 {
      TemporaryFiles.removeAll()
      signal(number, SIG_DFL)
      raise(number)
    }
  }

  /// Whether a signal has come.
  public static var isRequested: Bool { pending.load(ordering: .relaxed) != 0 }

  /// Dies by the signal that came, so that shells and make stop too.
  public static func die() -> Never {
    TemporaryFiles.removeAll()
    let number = pending.load(ordering: .relaxed)
    signal(number, SIG_DFL)
    raise(number)
    exit(128 + number)
  }
}
