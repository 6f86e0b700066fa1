/// The gradients of softmax and log-softmax, from their outputs; see `LossLevel` for the functions themselves.
///
/// Pointers name the tile's first row. Padding lanes of the gradient become zero.
public protocol SoftmaxLevel {
  /// dy[r, c] ← p[r, c]·(dy[r, c] − Σ dy·p), for p = softmax(z)
  static func softmaxBackward(
    p: UnsafePointer<Float>, ldp: Int, dy: UnsafeMutablePointer<Float>, lddy: Int, rows: Int, classes: Int)

  /// dy[r, c] ← dy[r, c] − e^y[r, c]·Σ dy, for y = log softmax(z)
  static func logSoftmaxBackward(
    y: UnsafePointer<Float>, ldy: Int, dy: UnsafeMutablePointer<Float>, lddy: Int, rows: Int, classes: Int)
}
