import Kernels
import Networks
import Tensors
import Testing

/// One layer alone, run forward and back over whole matrices, as an executor runs it tile by tile.
struct LayerHarness {
  let layer: any Layer
  private let capacity: Int

  init(_ text: String, columns: Int, capacity: Int) throws {
    try self.init(text, input: [columns], capacity: capacity)
  }

  init(_ text: String, input: [Int], capacity: Int) throws {
    layer = try #require(try Network(Architecture(input: input, parsing: [text])).layers.first)
    self.capacity = capacity
    layer.allocate(capacity: capacity, index: 0)
    for parameter in layer.parameters where parameter.isTrainable { parameter.allocateGradient() }
  }

  /// Sets the parameters from tensors `<prefix>.<name>`.
  func load(_ frame: Frame, _ prefix: String) throws {
    for parameter in layer.parameters {
      // A file with statistics has those before the batch; without them they are at their beginning.
      guard let tensor = frame.tensors["\(prefix).\(parameter.name)"] else {
        try #require(parameter.role == .buffer, "\(parameter.name)")
        continue
      }
      #expect(tensor.shape == parameter.shape)
      parameter.load(tensor.floats)
    }
  }

  /// y [rows, outputs] of x [rows, inputs].
  func forward(_ pass: Pass, _ x: Matrix) -> Matrix {
    let y = Matrix(capacity: capacity, columns: layer.outputCount)
    layer.begin(pass)
    if let transform = layer as? any TransformLayer {
      let sums = transform.sumTiles(pass)
      for t in 0..<sums.count { transform.addUp(pass, x: x, tile: sums[t]) }
      transform.finishSums(pass)
      let tiles = transform.forwardTiles(pass)
      for t in 0..<tiles.count { transform.forward(pass, x: x, y: y, tile: tiles[t]) }
    } else if let elementwise = layer as? any ElementwiseLayer {
      elementwise.forward(pass, x: x, y: y, tile: whole(pass, y))
    }
    return y
  }

  /// dx of dy, which may be changed; the parameters' gradients are made along with it.
  func backward(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix) -> Matrix {
    guard let transform = layer as? any TransformLayer else {
      (layer as? any ElementwiseLayer)?.backward(pass, x: x, y: y, gradient: dy, tile: whole(pass, dy))
      return dy
    }
    transform.beginBackward(pass)
    let sums = transform.sumTiles(pass)
    for t in 0..<sums.count { transform.addUpGradient(pass, x: x, dy: dy, tile: sums[t]) }
    transform.finishGradientSums(pass)
    let chunked = (layer as? any ChunkedGradients).flatMap { $0.sumsUpChunks && $0.isTrainable ? $0 : nil }
    if let chunked {
      // As the executor does: before dx takes the place of dy, and not all rows of a chunk at once.
      let chunks = chunked.parameterGradientTiles(pass)
      for t in 0..<chunks.count {
        let (chunk, first) = (chunks[t].rows, chunks[t].rows.lowerBound + 1)
        for rows in [chunk.lowerBound..<first, first..<chunk.upperBound] where !rows.isEmpty {
          chunked.addParameterGradient(pass, x: x, dy: dy, chunk: chunk, rows: rows)
        }
      }
    }
    let dx = transform.inputGradientIsInPlace ? dy : Matrix(capacity: capacity, columns: layer.inputCount)
    let tiles = transform.inputGradientTiles(pass)
    for t in 0..<tiles.count { transform.inputGradient(pass, x: x, y: y, dy: dy, dx: dx, tile: tiles[t]) }
    if layer.isTrainable {
      let tiles = chunked == nil ? transform.parameterGradientTiles(pass) : .none
      for t in 0..<tiles.count { transform.parameterGradient(pass, x: x, dy: dy, tile: tiles[t], update: .keep) }
      (layer as? any PartialGradients)?.finishParameterGradient(pass)
    }
    return dx
  }

  private func whole(_ pass: Pass, _ matrix: Matrix) -> Tile {
    TileGrid(rows: pass.rows, columns: matrix.columns, tileRows: pass.rows, tileColumns: matrix.columns)[0]
  }
}

extension Matrix {
  /// A matrix of a tensor [rows, columns].
  convenience init(_ tensor: Tensor) {
    self.init(capacity: tensor.rows, columns: tensor.count / tensor.rows)
    fill(tensor)
  }

  /// Puts a tensor [rows, columns] in the first rows.
  func fill(_ tensor: Tensor) {
    let values = tensor.floats
    for row in 0..<tensor.rows {
      for c in 0..<columns { pointer[row * ld + c] = values[row * columns + c] }
    }
  }

  /// The first rows without padding.
  func values(rows: Int) -> [Float] { (0..<rows).flatMap { Array(self[row: $0]) } }
}
