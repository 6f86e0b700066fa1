import Kernels

/// A penalty on what a layer puts out, l1·Σ|y| + l2·Σy² over all rows and columns of a batch, divided by the batch's rows
/// (Keras's activity_regularizer).
public struct ActivityPenalty: Sendable {
  /// The factor of Σ|y|.
  public var l1: Double
  /// The factor of Σy².
  public var l2: Double

  /// The penalty of outputs [rows, …].
  func value(of outputs: some Sequence<Double>, rows: Int) -> Double {
    outputs.reduce(0) { $0 + l1 * abs($1) + l2 * $1 * $1 } / Double(rows)
  }

  /// Adds the penalty's gradient, times `sign`, for a tile of the outputs y [rows, columns].
  func addGradient(_ pass: Pass, y: Matrix, gradient: Matrix, tile: Tile, sign: Double) {
    let share = sign / Double(pass.rows)
    for row in tile.rows {
      let column = tile.columns.lowerBound
      kernels.addPenaltyGradient(
        gradient.pointer(atRow: row) + column, y.pointer(atRow: row) + column, count: tile.columns.count,
        l1: Float(l1 * share), l2: Float(l2 * share))
    }
  }
}
