import Kernels
import Networks
import Tensors

extension Dataset {
  /// Whether the inputs are of a type that has NaN and infinities.
  var mayHoldNaN: Bool { !x.type.isInteger }

  /// Where the first NaN or infinity stands, in words; nil when all is finite.
  ///
  /// It is looked for before training: an activation may swallow a NaN, and a comparison with one is never true.
  func firstNotFinite(_ team: ThreadTeam) -> String? {
    if mayHoldNaN, let place = firstInputNotFinite(team) { return place }
    guard case .values(let values, let width) = answers, let i = values.firstIndex(where: { !$0.isFinite }) else {
      return nil
    }
    return "row \(i / width), column \(i % width) of 'y' is \(values[i])"
  }

  private func firstInputNotFinite(_ team: ThreadTeam) -> String? {
    guard rows > 0 else { return nil }
    let tiles = TileGrid(rows: rows, columns: 1, tileRows: max(1, 65536 / max(1, columns)), tileColumns: 1)
    let found = AlignedBuffer<Int32>(count: tiles.count)
    team.forEach(tiles.count) { t in found[t] = isFinite(tiles[t].rows) ? 0 : 1 }
    guard let tile = (0..<tiles.count).first(where: { found[$0] == 1 }) else { return nil }
    let matrix = Matrix(capacity: 1, columns: columns)
    for row in tiles[tile].rows {
      gather(0..<1, at: row, order: nil, into: matrix)
      if let column = matrix[row: 0].firstIndex(where: { !$0.isFinite }) {
        return "row \(row), column \(column) of 'x' is \(matrix[row: 0][column])"
      }
    }
    return nil
  }

  private func isFinite(_ range: Range<Int>) -> Bool {
    if x.type == .float32 {
      return x.withBytes { bytes in
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return true }
        return kernels.isFinite(base + range.lowerBound * columns, count: range.count * columns)
      }
    }
    let matrix = Matrix(capacity: range.count, columns: columns)
    gather(0..<range.count, at: range.lowerBound, order: nil, into: matrix)
    return matrix.isFinite(rows: 0..<range.count)
  }
}
