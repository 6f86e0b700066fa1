/// Softmax and fused losses: the loss of every row, and its gradient with respect to the predictions.
///
/// Pointers name the tile's first row. `gradient` may be nil (loss only) or the predictions themselves
/// (in place); its padding lanes, up to a multiple of 16, become zero. `rowWeights` [rows] multiplies
/// each row's loss and gradient; nil means 1.
public protocol LossLevel {
  /// p[r, c] = e^z[r, c] / Σ e^z[r, ·], computed from z − max z; p may be z. Padding lanes of p become zero.
  static func softmax(
    z: UnsafePointer<Float>, ldz: Int, p: UnsafeMutablePointer<Float>, ldp: Int, rows: Int, classes: Int)

  /// y[r, c] = z[r, c] − log Σ e^z[r, ·]; y may be z. Padding lanes of y become zero.
  static func logSoftmax(
    z: UnsafePointer<Float>, ldz: Int, y: UnsafeMutablePointer<Float>, ldy: Int, rows: Int, classes: Int)

  /// loss[r] = log Σ e^z[r, ·] − z[r, label]; gradient = (softmax(z) − onehot(label))·scale.
  ///
  /// A row whose label is not in 0..<classes has loss 0 and gradient 0 (PyTorch's ignore_index).
  static func softmaxCrossEntropy(
    logits: UnsafePointer<Float>, ld: Int, rows: Int, classes: Int, labels: UnsafePointer<Int32>,
    rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>)

  /// With u = t·(1 − smoothing) + smoothing/classes, times the class's weight:
  /// loss[r] = Σ_c u[r, c]·(log Σ e^z[r, ·] − z[r, c]); gradient = (softmax(z)·Σ u − u)·scale.
  ///
  /// `classWeights` has room for `classes` rounded up to 16; nil means 1.
  static func softmaxCrossEntropy(
    logits: UnsafePointer<Float>, ld: Int, rows: Int, classes: Int,
    targets: UnsafePointer<Float>, ldt: Int, smoothing: Float, classWeights: UnsafePointer<Float>?,
    rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>)

  /// loss[r] = Σ_c w[c]·ℓ(y[r, c], t[r, c]); gradient = w[c]·∂ℓ/∂y·scale.
  ///
  /// `columnWeights` w has room for `columns` rounded up to 16; nil means 1.
  static func elementLoss(
    _ f: ElementLoss, y: UnsafePointer<Float>, ld: Int, rows: Int, columns: Int,
    targets: UnsafePointer<Float>, ldt: Int, columnWeights: UnsafePointer<Float>?,
    rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>)
}
