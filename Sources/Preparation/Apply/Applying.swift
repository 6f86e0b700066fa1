import class Kernels.AlignedBuffer
import struct Kernels.BLAS
import class Kernels.ThreadTeam
import Tensors

extension Preparation {
  /// Prepares rows: `x` [n, …] of any element type, a row being of shape `inputShape`, gives [n, …] F32 with rows of
  /// shape `outputShape`.
  ///
  /// Rows are worked on in blocks of fixed borders, so the result is the same for any number of threads.
  /// Fails when the shape is another, or a value is not finite.
  public func apply(to x: Tensor, team: ThreadTeam) throws(Failure) -> Tensor {
    try Preparation.check(x, inputShape, "the preparation takes")
    return try Preparation.run(Operation.applying(stages), on: x, shape: outputShape, team: team)
  }

  /// Restores rows that were prepared, as far as their components tell: `x` [n, …] with rows of shape `outputShape`
  /// gives [n, …] F32 with rows of shape `inputShape`. Fails when the shape is another, or a value is not finite.
  public func inverse(of x: Tensor, team: ThreadTeam) throws(Failure) -> Tensor {
    try Preparation.check(x, outputShape, "the preparation gives")
    return try Preparation.run(Operation.undoing(stages), on: x, shape: inputShape, team: team)
  }

  private static func check(_ x: Tensor, _ shape: [Int], _ words: String) throws(Failure) {
    guard !x.shape.isEmpty, x.shape.dropFirst().elementsEqual(shape) else {
      let found = x.shape.isEmpty ? "is a single number" : "has rows of \(StageWord.text(Array(x.shape.dropFirst())))"
      throw .input("'x' \(found); \(words) rows of \(StageWord.text(shape))")
    }
  }

  private static func run(
    _ operations: [Operation], on x: Tensor, shape: [Int], team: ThreadTeam
  ) throws(Failure) -> Tensor {
    let source = RowSource([x])
    var (widest, columns) = (source.columns, source.columns)
    var blas: BLAS?
    for operation in operations {
      columns = operation.outputs(columns)
      widest = max(widest, columns)
      if case .product = operation, blas == nil {
        do { blas = try BLAS.open() } catch { throw .failed("\(error)") }
      }
    }
    let blocks = Blocks(source.rows, width: widest, limits: 16...1024)
    let (inputs, outputs, width) = (source.columns, columns, widest)
    let bad = FirstBadValue()
    let library = blas
    let result = Tensor(type: .float32, shape: [source.rows] + shape) { bytes in
      guard source.rows > 0, let target = bytes.bindMemory(to: Float.self).baseAddress else { return }
      let workspace = {
        OperationWorkspace(rows: min(source.rows, blocks.size), inputs: inputs, width: operations.count > 1 ? width : 0)
      }
      team.forEach(blocks.blocks, workspace: workspace) { block, space in
        let rows = blocks[block]
        let found = space.run(
          operations, on: source, rows: rows, to: target + rows.lowerBound * outputs, blas: library)
        if let found { bad.note(found) }
      }
    }
    if let bad = bad.value { throw bad.failure("") }
    return result
  }
}
