import class Kernels.ThreadTeam
import Synchronization
import Tensors

extension Preparation {
  /// Prepares rows: `x` [n, …] of any element type, a row being of shape `inputShape`, gives [n, …] F32 with rows of
  /// shape `outputShape`.
  ///
  /// A row's result does not depend on the rows beside it: it is the same for any frames and any number of threads.
  /// Fails when the shape is another, or a value is not finite before or afterwards.
  public func apply(to x: Tensor, team: ThreadTeam) throws(Failure) -> Tensor {
    try Preparation.check(x, inputShape, "the preparation takes")
    return try Preparation.run(operations.applying(stages), on: x, shape: outputShape, team: team)
  }

  /// Restores rows that were prepared, as far as their components tell: `x` [n, …] with rows of shape `outputShape`
  /// gives [n, …] F32 with rows of shape `inputShape`. Fails when the shape is another, or a value is not
  /// finite before or afterwards.
  public func inverse(of x: Tensor, team: ThreadTeam) throws(Failure) -> Tensor {
    try Preparation.check(x, outputShape, "the preparation gives")
    return try Preparation.run(operations.undoing(stages), on: x, shape: inputShape, team: team)
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
    for operation in operations {
      widest = max(widest, operation.stride(columns))
      columns = operation.outputs(columns)
    }
    let blocks = Blocks(source.rows, width: widest, limits: 16...1024)
    let (inputs, outputs, width) = (source.columns, columns, widest)
    let bad = FirstBadValue()
    let result = Tensor(type: .float32, shape: [source.rows] + shape) { bytes in
      guard source.rows > 0, let target = bytes.bindMemory(to: Float.self).baseAddress else { return }
      let workspace = {
        OperationWorkspace(rows: min(source.rows, blocks.size), inputs: inputs, width: operations.count > 1 ? width : 0)
      }
      team.forEach(blocks.blocks, workspace: workspace) { block, space in
        let rows = blocks[block]
        let found = space.run(operations, on: source, rows: rows, to: target + rows.lowerBound * outputs)
        if let found { bad.note(found) }
      }
    }
    if let bad = bad.value { throw bad.failure("") }
    return result
  }
}

/// The operations of a preparation, made when they are first wanted: packing the components of each frame of a long
/// stream anew would take longer than small frames themselves.
final class PreparationOperations: Sendable {
  private let made = Mutex<(applying: [Operation]?, undoing: [Operation]?)>((nil, nil))

  /// The operations that apply the stages, which must be the same in every call.
  func applying(_ stages: [Stage]) -> [Operation] {
    made.withLock { made in
      let operations = made.applying ?? Operation.applying(stages)
      made.applying = operations
      return operations
    }
  }

  /// The operations that undo the stages.
  func undoing(_ stages: [Stage]) -> [Operation] {
    made.withLock { made in
      let operations = made.undoing ?? Operation.undoing(stages)
      made.undoing = operations
      return operations
    }
  }
}
