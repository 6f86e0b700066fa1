import Glibc

/// Memory of the calling thread, for what a tile needs while it is worked on; it grows in the first steps and stays.
///
/// What is in it is lost with the next call on the same thread.
public enum ThreadScratch {
  /// Room for `count` floats, aligned to 64 bytes, of any content.
  public static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let held = pthread_getspecific(key) {
      let buffer = Unmanaged<AlignedBuffer<Float>>.fromOpaque(held).takeUnretainedValue()
      if buffer.count >= count { return buffer.pointer }
      Unmanaged<AlignedBuffer<Float>>.fromOpaque(held).release()
    }
    let buffer = AlignedBuffer<Float>(count: count)
    pthread_setspecific(key, Unmanaged.passRetained(buffer).toOpaque())
    return buffer.pointer
  }

  /// The place of the buffer in each thread's own storage, which frees it with the thread.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { held in
      if let held { Unmanaged<AlignedBuffer<Float>>.fromOpaque(held).release() }
    }
    return key
  }()
}
