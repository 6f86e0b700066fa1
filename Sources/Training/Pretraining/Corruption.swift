import Kernels
import Networks

/// Changes the inputs of batches at random, whose targets are the inputs as they were.
///
/// In training an input's noise is a function of the seed, the step, the row of the batch and the column; in validation of
/// the seed, the number of the row and the column, so that every epoch is judged by the same inputs.
final class Corruption {
  /// Which of the random numbers are meant.
  enum Draw {
    case training(step: Int)
    case validation(firstRow: Int)
  }

  private let noise: InputNoise
  private let seed: UInt64
  private let team: ThreadTeam
  /// Random numbers for each input of the batch.
  private let numbers: Matrix

  init(_ noise: InputNoise, seed: Int, network: Network, capacity: Int, team: ThreadTeam) {
    (self.noise, self.seed, self.team) = (noise, UInt64(seed), team)
    numbers = Matrix(capacity: capacity, columns: network.inputCount)
  }

  /// Changes rows of a batch; with `hiding` the targets of inputs that stay become NaN, see `MaskedLoss`.
  func corrupt(_ input: Matrix, _ targets: Targets, _ rows: Range<Int>, _ draw: Draw) {
    let tiles = TileGrid(rows: rows.count, columns: 1, tileRows: max(1, 8192 / input.columns), tileColumns: 1)
    team.forEach(tiles.count, alone: tiles.count == 1) { t in
      for row in tiles[t].rows { corrupt(input, targets, row: rows.lowerBound + row, draw) }
    }
  }

  private func corrupt(_ input: Matrix, _ targets: Targets, row: Int, _ draw: Draw) {
    let random =
      switch draw {
      case .training(let step):
        RandomRow(key: seed, stream: (UInt32(truncatingIfNeeded: step), RandomPurpose.corruption), row: row)
      case .validation(let firstRow):
        RandomRow(key: seed, stream: (0, RandomPurpose.validationCorruption), row: firstRow + row)
      }
    let x = input.pointer + row * input.ld
    let u = numbers.pointer + row * numbers.ld
    switch noise {
    case .gaussian(let deviation):
      random.normals(input.columns, into: u)
      for c in 0..<input.columns { x[c] += Float(deviation) * u[c] }
    case .masking(let p):
      random.uniforms(input.columns, into: u)
      for c in 0..<input.columns where u[c] < Float(p) { x[c] = 0 }
    case .saltAndPepper(let p):
      random.uniforms(input.columns, into: u)
      // One number says whether, and then which.
      for c in 0..<input.columns where u[c] < Float(p) { x[c] = u[c] < Float(p) / 2 ? 0 : 1 }
    case .hiding(let p):
      random.uniforms(input.columns, into: u)
      let target = targets.values.pointer + row * targets.values.ld
      for c in 0..<input.columns {
        if u[c] < Float(p) { x[c] = 0 } else { target[c] = .nan }
      }
    }
  }
}
