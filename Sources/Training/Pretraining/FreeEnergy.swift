import Kernels
import Networks

/// The mean free energies of a Boltzmann machine: those of training rows fall below those of other rows when it begins to
/// learn rows by heart (Hinton 2010, section 6).
struct FreeEnergy {
  private let machine: BoltzmannMachine
  private let team: ThreadTeam
  private let batch: Matrix
  private let energies: AlignedBuffer<Double>

  /// Energies in the memory of the executor that the machine is trained by.
  init(_ machine: BoltzmannMachine, team: ThreadTeam) {
    (self.machine, self.team) = (machine, team)
    batch = Matrix(capacity: machine.capacity, columns: machine.inputCount)
    energies = AlignedBuffer<Double>(count: max(1, machine.capacity))
  }

  /// The mean over all rows.
  func mean(of data: Dataset) -> Double {
    var sum = 0.0
    for start in stride(from: 0, to: data.rows, by: batch.capacity) {
      let rows = min(batch.capacity, data.rows - start)
      let tiles = TileGrid(rows: rows, columns: 1, tileRows: max(16, 400_000 / machine.multiplyAdds), tileColumns: 1)
      team.forEach(tiles.count, alone: tiles.count == 1) { t in
        data.gather(tiles[t].rows, at: start, order: nil, into: batch)
        machine.freeEnergies(batch, rows: tiles[t].rows, into: energies.pointer)
      }
      for row in 0..<rows { sum += energies[row] }
    }
    return sum / Double(data.rows)
  }
}
