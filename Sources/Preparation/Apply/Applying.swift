import class Kernels.ThreadTeam
import Synchronization
import Tensors

extension Preparation {
  /// Prepares rows: `x` [n, …] of any element type, a row being of shape `inputShape`, gives [n, …] F32 with rows of
  /// shape `outputShape`.
  ///
  /// A row's result does not depend on the rows beside it: it is the same for any frames and any number of threads.
  /// Fails when the shape is another, or a value is not finite before or afterwards.
  ///
  /// - Parameter isWritten: the rows are only written somewhere: where they are quickly computed, they are checked now and
  ///   computed again on their way.
  public func apply(to x: Tensor, team: ThreadTeam, isWritten: Bool = false) throws(Failure) -> Tensor {
    try Preparation.check(x, inputShape, "the preparation takes")
    let rows = PreparedRows(of: x, operations.applying(stages), team: team)
    return try rows.tensor(shape: outputShape, isWritten: isWritten)
  }

  /// Restores rows that were prepared, as far as their components tell: `x` [n, …] with rows of shape `outputShape`
  /// gives [n, …] F32 with rows of shape `inputShape`; see `apply`. Fails when the shape is another, or a value is not
  /// finite before or afterwards.
  public func inverse(of x: Tensor, team: ThreadTeam, isWritten: Bool = false) throws(Failure) -> Tensor {
    try Preparation.check(x, outputShape, "the preparation gives")
    let rows = PreparedRows(of: x, operations.undoing(stages), team: team)
    return try rows.tensor(shape: inputShape, isWritten: isWritten)
  }

  private static func check(_ x: Tensor, _ shape: [Int], _ words: String) throws(Failure) {
    guard !x.shape.isEmpty, x.shape.dropFirst().elementsEqual(shape) else {
      let found = x.shape.isEmpty ? "is a single number" : "has rows of \(StageWord.text(Array(x.shape.dropFirst())))"
      throw .input("'x' \(found); \(words) rows of \(StageWord.text(shape))")
    }
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
