import Glibc

/// Memory of the calling thread, for what a tile needs while it is worked on; it grows in the first steps and stays.
///
/// What is in it is lost with the next call on the same thread for the same use, but for sums while no more is asked for.
public enum ThreadScratch {
  /// What the memory is for: each use has its own.
  public enum Use {
    /// One call's needs, which the next one overwrites.
    case call
    /// Sums that are added to by one call after the other.
    case sums
  }

  /// Room for `count` floats, aligned to 64 bytes: of any content the first time, and after a call for more.
  public static func floats(_ count: Int, for use: Use = .call) -> UnsafeMutablePointer<Float> {
    let key = use == .call ? callKey : sumsKey
    if let held = pthread_getspecific(key) {
      let buffer = Unmanaged<AlignedBuffer<Float>>.fromOpaque(held).takeUnretainedValue()
      if buffer.count >= count { return buffer.pointer }
      Unmanaged<AlignedBuffer<Float>>.fromOpaque(held).release()
    }
    let buffer = AlignedBuffer<Float>(count: count)
    pthread_setspecific(key, Unmanaged.passRetained(buffer).toOpaque())
    return buffer.pointer
  }

  private static let callKey = makeKey()
  private static let sumsKey = makeKey()

  /// A place in each thread's own storage, whose buffer is freed with the thread.
  private static func makeKey() -> pthread_key_t {
    var key = pthread_key_t()
    pthread_key_create(&key) { held in
      if let held { Unmanaged<AlignedBuffer<Float>>.fromOpaque(held).release() }
    }
    return key
  }
}
