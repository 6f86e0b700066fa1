import Kernels
import Networks
import Tensors
import Testing

/// Layers large enough to be divided, whose gradients run beside one another.
@Suite struct ThreadCountTests {
  private let rows = 64

  /// The parameters after three steps of plain gradient descent, and the rows that were copied beside the forward passes.
  private func train(threads: Int) throws -> [[Float]] {
    let network = try Network(
      Architecture(input: [300], parsing: ["bn", "dense:500", "relu", "bn", "dense:400", "tanh", "dense:10"]))
    try network.initialize(seed: 4)
    let executor = Executor(network, capacity: rows, team: ThreadTeam(threads: threads))
    executor.allocateGradients()
    var stream = RandomStream(seed: 5, purpose: 77)
    func fill(_ matrix: Matrix, scale: Float) {
      for row in 0..<rows {
        for c in 0..<matrix.columns { matrix.pointer[row * matrix.ld + c] = scale * Float(stream.nextNormal()) }
      }
    }
    fill(executor.input, scale: 1)
    for _ in 0..<3 {
      let (input, next) = (executor.input, executor.nextInput)
      let errands = TileGrid(rows: rows, columns: 1, tileRows: 5, tileColumns: 1)
      executor.forward(Pass(.training, rows: rows), errands: errands) { tile in next.copyRows(tile.rows, of: input) }
      fill(executor.outputGradient, scale: 0.01)
      executor.backward(Pass(.training, rows: rows)) { $0.role == .weight ? .descend(rate: 0.1, decay: 0) : .keep }
      executor.advanceInput()
    }
    let values = network.parameters.map { $0.parameter.tensor.floats }
    let gradients = network.parameters.compactMap { entry in
      entry.parameter.gradient.map { entry.parameter.tensor(of: $0).floats }
    }
    return values + gradients + (0..<rows).map { Array(executor.input[row: $0]) }
  }

  @Test func makesNoDifference() throws {
    let alone = try train(threads: 1)
    for threads in [2, 3] {
      for _ in 0..<5 { #expect(try train(threads: threads) == alone) }
    }
  }
}
