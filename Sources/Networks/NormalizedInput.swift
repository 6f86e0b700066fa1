import Kernels

/// The input of a dense layer that stands on the lowest trained layer of a network, a batch norm: x = x̂·γ + β.
///
/// Below a batch norm nothing wants a gradient; what it wants of the layer above are the sums dγ and dβ alone, and these
/// follow from the product that the weights' gradient is made of. With G = dyᵀ·x̂ and s = Σ_rows dy,
///
///     dW = G·γ + s·βᵀ,   dγ_k = Σ_n W_nk·G_nk,   dβ_k = Σ_n W_nk·s_n,
///
/// so that the product dy·W, a third of the layer's work in a step, is saved.
final class NormalizedInput {
  /// The position of the dense layer.
  let layer: Int
  /// x̂ of the batch, [rows, inputs].
  let values: Matrix
  let gamma: Parameter
  let beta: Parameter
  /// What each tile of the weights adds to dγ and dβ, [tiles, inputs].
  private let gammaSums: AlignedBuffer<Float>
  private let betaSums: AlignedBuffer<Float>
  /// The tiles of the weights' gradient: whole columns, two panels together, which halves the adding up of lanes; more
  /// would leave threads without work.
  let tiles: TileGrid
  private let tilePanels: Int

  init(of layer: Int, capacity: Int, inputs: Int, outputs: Int, gamma: Parameter, beta: Parameter) {
    self.layer = layer
    (self.gamma, self.beta) = (gamma, beta)
    values = Matrix(capacity: capacity, columns: inputs)
    tilePanels = max(1, min(2, panelCount(outputs) / 8))
    tiles = TileGrid(rows: inputs, columns: outputs, tileRows: inputs, tileColumns: tilePanels * panelWidth)
    gammaSums = AlignedBuffer(count: tiles.count * inputs)
    betaSums = AlignedBuffer(count: tiles.count * inputs)
  }

  /// Where a tile of the weights' gradient puts what it adds to dγ and dβ.
  func sums(_ tile: Tile) -> (gamma: UnsafeMutablePointer<Float>, beta: UnsafeMutablePointer<Float>) {
    let start = tile.panels.lowerBound / tilePanels * values.columns
    return (gammaSums.pointer + start, betaSums.pointer + start)
  }

  /// Makes dγ and dβ of what the tiles of the weights' gradient have left.
  func addUp() {
    for (parameter, sums) in [(gamma, gammaSums), (beta, betaSums)] {
      guard let gradient = parameter.gradient?.pointer else { continue }
      let inputs = values.columns
      gradient.update(from: sums.pointer, count: inputs)
      for tile in 1..<max(1, tiles.count) {
        let more = sums.pointer + tile * inputs
        for k in 0..<inputs { gradient[k] += more[k] }
      }
    }
  }
}
