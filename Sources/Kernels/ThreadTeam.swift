import Glibc
import Synchronization

/// How many processors this process may run on (its affinity mask, in /proc/self/status).
public func availableProcessors() -> Int {
  let text = beginningOfFile("/proc/self/status")
  let line = text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") } ?? ""
  let digits = line.split(separator: ":").last ?? ""
  return max(1, digits.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount })
}

/// A team of threads that runs the tiles of a loop.
///
/// Each thread begins with a share of its own, the same run of tiles in every loop of as many, so that what a tile left
/// in a core's cache is found there again; who is done takes tiles from the ends of the others' shares. What a tile
/// computes must not depend on the thread. The caller works along and never waits for a worker that has not begun, so
/// that an oversubscribed machine costs no more than one thread would.
public final class ThreadTeam: Sendable {
  /// How many threads work, the caller included.
  public let count: Int
  private let job: SharedJob
  private let workers: [pthread_t]

  /// A team of `threads` threads, the caller included; fewer where the system refuses them.
  public init(threads: Int) {
    job = SharedJob(seats: max(1, threads))
    var workers: [pthread_t] = []
    for seat in 1..<max(1, threads) {
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(Worker(job: job, seat: seat))
      let status = pthread_create(&thread, nil, runWorker, argument.toOpaque())
      guard status == 0 else {
        argument.release()
        break
      }
      workers.append(thread)
    }
    self.workers = workers
    count = workers.count + 1
  }

  deinit {
    job.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs body(0), …, body(tiles − 1), in any order and on any thread of the team, and returns when all
  /// are done. A call from within a body, or beside another call, or one that is to be `alone` because it has little to
  /// do, runs on the calling thread.
  public func forEach(_ tiles: Int, alone: Bool = false, _ body: (Int) -> Void) {
    guard tiles > 1, !alone, !workers.isEmpty, job.acquire() else {
      for tile in 0..<max(0, tiles) { body(tile) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { job.run(tiles, $0) }
    }
    job.release()
  }
}

/// What a thread is given: the loops, and which of the shares is its own.
private final class Worker {
  let job: SharedJob
  let seat: Int

  init(job: SharedJob, seat: Int) { (self.job, self.seat) = (job, seat) }
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let worker = Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue()
  worker.job.work(worker.seat)
  return nil
}

/// The loop in hand, shared by a team's threads.
private final class SharedJob: @unchecked Sendable {
  typealias Body = (Int) -> Void

  /// A generation (upper 48 bits), whether its loop is open to workers, and how many are in it.
  private let gate = Atomic<UInt64>(0)
  private static let open: UInt64 = 1 << 15
  private static let members: UInt64 = (1 << 15) - 1
  /// The tiles of each seat's share that are left.
  private let shares: Shares
  private let busy = Atomic<Bool>(false)
  private let stopping = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  // Written by the caller, as the shares are, while the gate is closed and empty.
  private var body: UnsafePointer<Body>?
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(seats: Int) {
    shares = Shares(count: seats)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func acquire() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func release() { busy.store(false, ordering: .releasing) }

  /// The caller's part of a loop.
  func run(_ tiles: Int, _ body: UnsafePointer<Body>) {
    shares.divide(tiles)
    self.body = body
    let generation = gate.load(ordering: .relaxed) >> 16 + 1
    gate.store(generation << 16 | Self.open, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    runTiles(seat: 0, body)
    // Close the gate: who has not begun need not.
    var state = gate.bitwiseAnd(~Self.open, ordering: .acquiringAndReleasing).newValue
    var spins = 0
    while state & Self.members != 0 {
      spins += 1
      if spins > 2000 { sched_yield() }
      state = gate.load(ordering: .acquiring)
    }
  }

  private func runTiles(seat: Int, _ body: UnsafePointer<Body>) {
    while let tile = shares.takeFirst(of: seat) { body.pointee(tile) }
    for step in 1..<shares.count {
      while let tile = shares.takeLast(of: (seat + step) % shares.count) { body.pointee(tile) }
    }
  }

  /// The processor that the team was made on.
  private let home = currentProcessor()

  /// A worker's life: wait for a new generation, join it while it is open, work, leave.
  func work(_ seat: Int) {
    moveAway(from: home)
    var seen: UInt64 = 0
    while let state = waitForChange(from: seen) {
      seen = state >> 16
      guard state & Self.open != 0 else { continue }
      let joined = gate.weakCompareExchange(
        expected: state, desired: state + 1, ordering: .acquiringAndReleasing
      ).exchanged
      guard joined else {
        seen = seen &- 1
        continue
      }
      if let body { runTiles(seat: seat, body) }
      gate.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }
  }

  /// Waits for an open gate of another generation than `seen`: spinning for a while, then asleep. Returns
  /// nil when the team stops.
  private func waitForChange(from seen: UInt64) -> UInt64? {
    func change() -> UInt64? {
      let state = gate.load(ordering: .sequentiallyConsistent)
      return state & Self.open != 0 && state >> 16 != seen ? state : nil
    }
    let deadline = nanoseconds() + 30_000
    repeat {
      for _ in 0..<200 {
        if let state = change() { return state }
      }
      if stopping.load(ordering: .acquiring) { return nil }
    } while nanoseconds() < deadline
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    while true {
      if stopping.load(ordering: .acquiring) { return nil }
      if let state = change() { return state }
      pthread_cond_wait(condition, mutex)
    }
  }

  private func wake() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    wake()
  }

  private func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
