#if canImport(Glibc)
  import Glibc
#endif
import Synchronization

/// The temporary files that exist now, so that a signal can remove them.
///
/// The handler may call only async-signal-safe functions: it reads C strings from a fixed table and calls unlink(2).
public enum TemporaryFiles {
  private static let slots = 64
  private static let table: [Atomic<Int>.Box] = (0..<slots).map { _ in .init() }

  /// Creates a file exclusively and remembers it; returns the descriptor or −1 with errno set.
  static func create(_ path: String) -> Int32 {
    remembering(path) { System.open(path, O_WRONLY | O_CREAT | O_EXCL) }
  }

  /// Names an open file that has no name, and remembers it; returns 0 or −1 with errno set.
  static func link(_ descriptor: Int32, _ path: String) -> Int32 {
    remembering(path) { System.link(descriptor, as: path) }
  }

  /// The name is remembered before it is there, so that a signal between the two finds it.
  private static func remembering(_ path: String, _ make: () -> Int32) -> Int32 {
    guard let name = strdup(path) else { return -1 }
    guard let slot = claim(name) else {
      free(name)
      errno = EMFILE
      return -1
    }
    let result = make()
    if result < 0 {
      let number = errno
      release(slot)
      errno = number
    }
    return result
  }

  private static func claim(_ name: UnsafeMutablePointer<CChar>) -> Int? {
    for (i, box) in table.enumerated() {
      let (exchanged, _) = box.value.compareExchange(
        expected: 0, desired: Int(bitPattern: name), ordering: .sequentiallyConsistent)
      if exchanged { return i }
    }
    return nil
  }

  private static func release(_ slot: Int) {
    let bits = table[slot].value.exchange(0, ordering: .sequentiallyConsistent)
    free(UnsafeMutableRawPointer(bitPattern: bits))
  }

  /// Forgets a file that has been renamed or removed.
  static func forget(_ path: String) {
    for (i, box) in table.enumerated() {
      let bits = box.value.load(ordering: .sequentiallyConsistent)
      guard let name = UnsafePointer<CChar>(bitPattern: bits), strcmp(name, path) == 0 else { continue }
      release(i)
    }
  }

  /// Makes the table before a handler could need it.
  public static func prepare() { _ = table.count }

  /// Removes all of them; safe to call from a signal handler after `prepare`.
  public static func removeAll() {
    for box in table {
      let bits = box.value.load(ordering: .sequentiallyConsistent)
      if let name = UnsafePointer<CChar>(bitPattern: bits) { unlink(name) }
    }
  }
}

extension Atomic<Int> {
  /// An atomic word that can stand in an array.
  final class Box: Sendable {
    let value = Atomic<Int>(0)
  }
}
