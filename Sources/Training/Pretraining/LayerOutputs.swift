import Kernels
import Networks
import Tensors

extension Network {
  /// What the first layers, so many of them, make of all rows of data, as a model does that predicts: running statistics,
  /// no dropout. A matrix [rows, …] in the shape of the last one's output; the rows themselves for no layers.
  ///
  /// - Parameter isWanted: asked before each batch; once it says no, the rest of the rows are zeros.
  func outputs(
    of data: Dataset, layers count: Int, team: ThreadTeam, while isWanted: () -> Bool = { true }
  ) throws(Failure) -> Tensor {
    guard count > 0 else { return data.x }
    let part = try prefix(through: count - 1)
    let executor = Executor(part, capacity: Executor.batchRows(of: part, atMost: min(256, data.rows)), team: team)
    let width = part.outputCount
    return Tensor(type: .float32, shape: [data.rows] + (part.layers.last?.outputShape ?? [])) { bytes in
      let values = bytes.bindMemory(to: Float.self)
      for start in stride(from: 0, to: data.rows, by: max(1, executor.capacity)) where isWanted() {
        let rows = min(executor.capacity, data.rows - start)
        data.gather(0..<rows, at: start, order: nil, into: executor.input)
        executor.forward(Pass(.inference, rows: rows))
        for row in 0..<rows {
          let target = UnsafeMutableBufferPointer(rebasing: values[(start + row) * width..<(start + row + 1) * width])
          _ = target.update(from: executor.output[row: row])
        }
      }
    }
  }
}
