import class Kernels.ThreadTeam
import Synchronization

/// Rows cut into blocks whose borders depend on the problem alone, so that sums taken in the order of the blocks are
/// the same for any number of threads.
struct Blocks: Sendable {
  let count: Int
  /// Blocks; each but the last has `size` elements.
  let blocks: Int
  let size: Int

  /// Blocks of `count` elements, about `values` values each where an element has `width` values, but a number of elements
  /// within `limits`.
  init(_ count: Int, width: Int, values: Int = 1 << 18, limits: ClosedRange<Int> = 256...8192) {
    self.count = count
    size = min(max(values / max(1, width), limits.lowerBound), limits.upperBound)
    blocks = count / size + (count % size == 0 ? 0 : 1)
  }

  /// The elements of a block.
  subscript(block: Int) -> Range<Int> { block * size..<min(count, (block + 1) * size) }
}

extension ThreadTeam {
  /// Runs `body` over the blocks 0..<blocks. Each thread keeps a workspace of its own, made once by `workspace`.
  func forEach<Workspace>(_ blocks: Int, workspace: () -> Workspace, _ body: (Int, Workspace) -> Void) {
    let next = NextBlock()
    forEach(min(count, blocks)) { _ in
      let space = workspace()
      while true {
        let block = next.value.wrappingAdd(1, ordering: .relaxed).oldValue
        guard block < blocks else { return }
        body(block, space)
      }
    }
  }
}

/// The next block that nobody works on.
private final class NextBlock: Sendable {
  let value = Atomic<Int>(0)
}

/// The first bad value that any thread found.
final class FirstBadValue: Sendable {
  private let found = Mutex<BadValue?>(nil)

  /// Remembers a bad value unless one before it is known.
  func note(_ bad: BadValue) {
    found.withLock { known in
      if let old = known, (old.row, old.column) <= (bad.row, bad.column) { return }
      known = bad
    }
  }

  /// The first of all.
  var value: BadValue? { found.withLock { $0 } }
}
