import Glibc

/// Work on a thread of its own, whose result is waited for later. Where the system refuses a thread, it is done then.
public final class Background<Value>: @unchecked Sendable {
  private let work: () -> Value
  private var value: Value?
  private var thread = pthread_t()
  private var isRunning = false

  /// Begins some work, which nothing else may touch the state of until `wait` returns.
  public init(_ work: @escaping () -> Value) {
    self.work = work
    let argument = Unmanaged.passRetained(Start { self.value = work() })
    isRunning = pthread_create(&thread, nil, runStart, argument.toOpaque()) == 0
    if !isRunning { argument.release() }
  }

  /// The result, once it is there; to be asked for once.
  public func wait() -> Value {
    if isRunning { pthread_join(thread, nil) }
    isRunning = false
    return value ?? work()
  }
}

/// What a new thread runs.
private final class Start {
  let body: () -> Void

  init(_ body: @escaping () -> Void) { self.body = body }
}

private func runStart(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
  return nil
}
