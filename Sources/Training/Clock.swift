#if canImport(Glibc)
  import Glibc
#endif

/// The monotonic clock, for logs and progress; no result depends on it.
public enum Clock {
  /// Seconds since some moment.
  public static var seconds: Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }
}
