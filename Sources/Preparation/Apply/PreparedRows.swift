import Kernels
import Tensors

/// The rows of a tensor taken through some operations, block by block.
struct PreparedRows: Sendable {
  private let source: RowSource
  private let operations: [Operation]
  private let team: ThreadTeam
  private let blocks: Blocks
  /// Values of a row afterwards.
  private let columns: Int
  /// Values that a row takes up at most on the way.
  private let widest: Int

  /// The rows of `x`, and what is to be done to them.
  init(of x: Tensor, _ operations: [Operation], team: ThreadTeam) {
    source = RowSource([x])
    self.operations = operations
    self.team = team
    var (widest, columns) = (source.columns, source.columns)
    for operation in operations {
      widest = max(widest, operation.stride(columns))
      columns = operation.outputs(columns)
    }
    (self.widest, self.columns) = (widest, columns)
    // A block is written, checked and read again while it is in the cache.
    blocks = Blocks(source.rows, width: widest, values: 1 << 16, limits: 16...1024)
  }

  /// All rows as F32, each of `shape`; fails at the first value that is not finite, before or afterwards.
  func tensor(shape: [Int], isWritten: Bool) throws(Failure) -> Tensor {
    if isWritten, operations.allSatisfy(\.isCheap) {
      return Tensor(
        type: .float32, shape: [source.rows] + shape, deferred: DeferredRows(self, checksum: try checksum()))
    }
    let bad = FirstBadValue()
    let result = Tensor(type: .float32, shape: [source.rows] + shape) { bytes in
      guard source.rows > 0, let target = bytes.bindMemory(to: Float.self).baseAddress else { return }
      compute(0..<blocks.blocks, to: target, noting: bad)
    }
    if let bad = bad.value { throw bad.failure("") }
    return result
  }

  private func makeWorkspace() -> OperationWorkspace {
    OperationWorkspace(
      rows: min(source.rows, blocks.size), inputs: source.columns, width: operations.count > 1 ? widest : 0)
  }

  /// Computes some blocks of rows, one behind the other.
  private func compute(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>, noting bad: FirstBadValue?) {
    let first = blocks[range.lowerBound].lowerBound
    team.forEach(range.count, workspace: makeWorkspace) { i, space in
      let rows = blocks[range.lowerBound + i]
      let found = space.run(operations, on: source, rows: rows, to: target + (rows.lowerBound - first) * columns)
      if let found { bad?.note(found) }
    }
  }

  /// The checksum of all rows; fails as `tensor` does.
  private func checksum() throws(Failure) -> UInt {
    let bad = FirstBadValue()
    let sums = AlignedBuffer<UInt>(count: blocks.blocks)
    let workspace = { (makeWorkspace(), AlignedBuffer<Float>(count: blocks.size * columns)) }
    team.forEach(blocks.blocks, workspace: workspace) { block, space in
      let rows = blocks[block]
      if let found = space.0.run(operations, on: source, rows: rows, to: space.1.pointer) { bad.note(found) }
      sums[block] = Checksum.of(UnsafeRawBufferPointer(start: space.1.pointer, count: 4 * rows.count * columns))
    }
    if let bad = bad.value { throw bad.failure("") }
    return (0..<blocks.blocks).reduce(0) { sum, block in
      Checksum.joining(sum, sums[block], count: 4 * blocks[block].count * columns)
    }
  }

  /// Rows whose checksum is known and that are computed whenever they are written.
  private struct DeferredRows: DeferredBytes {
    let rows: PreparedRows
    let checksum: UInt

    init(_ rows: PreparedRows, checksum: UInt) {
      self.rows = rows
      self.checksum = checksum
    }

    func forEachRun<Error>(_ body: (UnsafeRawBufferPointer) throws(Error) -> Void) throws(Error) {
      let (blocks, columns) = (rows.blocks, rows.columns)
      let atOnce = 8
      let buffer = AlignedBuffer<Float>(count: min(blocks.count, atOnce * blocks.size) * columns)
      for first in stride(from: 0, to: blocks.blocks, by: atOnce) {
        let range = first..<min(blocks.blocks, first + atOnce)
        rows.compute(range, to: buffer.pointer, noting: nil)
        let count = blocks[range.upperBound - 1].upperBound - blocks[first].lowerBound
        try body(UnsafeRawBufferPointer(start: buffer.pointer, count: 4 * count * columns))
      }
    }
  }
}
