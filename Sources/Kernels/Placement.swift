import CScheduler

/// The number of the processor that the calling thread runs on; negative where the system does not say.
func currentProcessor() -> Int32 { sched_getcpu() }

/// Moves the calling thread to another processor than that one, where it may run on others.
///
/// A new thread begins beside the one that made it, and it takes the system some milliseconds to see that a processor
/// idles: in a run of fifty that is much. Where the thread may run does not change.
func moveAway(from processor: Int32) {
  let size = MemoryLayout<cpu_set_t>.size
  var allowed = cpu_set_t()
  guard processor >= 0, processor < 8 * size, sched_getaffinity(0, UInt(size), &allowed) == 0 else { return }
  var others = allowed
  withUnsafeMutableBytes(of: &others) { $0[Int(processor) / 8] &= ~(1 << UInt8(processor % 8)) }
  // It fails where no other is allowed.
  guard sched_setaffinity(0, UInt(size), &others) == 0 else { return }
  _ = sched_setaffinity(0, UInt(size), &allowed)
}
