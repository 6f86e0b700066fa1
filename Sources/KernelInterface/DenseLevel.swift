/// Dense (fully connected) layers: y = x·Wᵀ + b and its two gradients.
///
/// The weights W [N, K] of a layer with K inputs and N outputs are kept panel-packed: P = ceil(N/16)
/// panels, each [K, 16] contiguous, `w[(p·K + k)·16 + j]` = weight from input k to output p·16 + j.
/// Lanes beyond N are zero and stay zero. A bias is [16·P].
public protocol DenseLevel {
  /// y[r, p·16+j] = bias[p·16+j] + Σₖ x[r, k]·w[p, k, j], for r in `rows` and p in `panels`.
  ///
  /// The sum runs in the order k = 0, 1, 2, …, starting from the bias (or zero, or y where
  /// `accumulate`), in one accumulator an output: a row's result does not depend on the other rows, on
  /// the tile's borders, or on the number of rows.
  /// - Parameters:
  ///   - x: [·, ldx], the first `inputs` columns are read.
  ///   - w: packed weights of `inputs` inputs.
  ///   - bias: [16·P], or nil.
  ///   - y: [·, ldy], whole panels are written.
  ///   - accumulate: add to what y holds; the bias is then ignored.
  static func denseForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, inputs: Int,
    w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, panels: Range<Int>,
    y: UnsafeMutablePointer<Float>, ldy: Int, accumulate: Bool)

  /// dw[p, k, j] = beta·dw[p, k, j] + scale·Σ_b x[b, k]·dy[b, p·16+j], for k in `inputs`, p in `panels`.
  ///
  /// With dw = w, beta = 1 and scale = −(learning rate) this is plain gradient descent itself. Where
  /// beta is 0, dw is not read.
  /// - Parameters:
  ///   - x: [rows, ldx], of which columns `inputs` are read.
  ///   - dy: [rows, ldy], padding lanes zero.
  ///   - totalInputs: K, all inputs of the layer.
  ///   - dw: packed as w, [P, K, 16].
  static func denseWeightGradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, ldy: Int, rows: Int,
    totalInputs: Int, inputs: Range<Int>, panels: Range<Int>,
    dw: UnsafeMutablePointer<Float>, scale: Float, beta: Float)

  /// The weight gradient of a layer whose input is x[b, k]·inputScale[k] + inputShift[k], and with it the gradients of
  /// inputScale and inputShift, which need no gradient of the input: with
  ///
  ///     G[p, k, j] = Σ_b x[b, k]·dy[b, p·16+j],   s[p, j] = Σ_b dy[b, p·16+j],
  ///
  ///     dw[p, k, j] = beta·dw[p, k, j] + scale·(inputScale[k]·G[p, k, j] + inputShift[k]·s[p, j]),
  ///     scaleSums[k] = Σ_p,j w[p, k, j]·G[p, k, j],   shiftSums[k] = Σ_p,j w[p, k, j]·s[p, j],
  ///
  /// for p in `panels`. The sums of all panels together are the gradients.
  /// - Parameters:
  ///   - dy: [rows, ldy], padding lanes zero.
  ///   - w: the weights of the forward pass; may be `dw`, of which each element is read before it is written.
  ///   - scaleSums: [K], as shiftSums.
  static func denseScaledInputGradients(
    x: UnsafePointer<Float>, ldx: Int, inputScale: UnsafePointer<Float>, inputShift: UnsafePointer<Float>,
    dy: UnsafePointer<Float>, ldy: Int, rows: Int, totalInputs: Int, panels: Range<Int>,
    w: UnsafePointer<Float>, dw: UnsafeMutablePointer<Float>, scale: Float, beta: Float,
    scaleSums: UnsafeMutablePointer<Float>, shiftSums: UnsafeMutablePointer<Float>)

  /// db[c] = beta·db[c] + scale·Σ_b dy[b, c], for c in `columns`; `columns` starts at a multiple of 16.
  static func biasGradient(
    dy: UnsafePointer<Float>, ldy: Int, rows: Int, columns: Range<Int>,
    db: UnsafeMutablePointer<Float>, scale: Float, beta: Float)

  /// dx[r, k] = Σₙ dy[r, n]·W[n, k], for r in `rows` and k in `inputs`, added to dx where `accumulate`.
  ///
  /// Only columns `inputs` of dx are written; `inputs` starts at a multiple of 16. The order of the sum
  /// depends on whether there are more than four rows, and on nothing else.
  /// - Parameters:
  ///   - dy: [·, ldy], the first `outputs` columns are read.
  ///   - w: packed weights of `totalInputs` inputs and `outputs` outputs.
  static func denseInputGradient(
    dy: UnsafePointer<Float>, ldy: Int, rows: Range<Int>, outputs: Int,
    w: UnsafePointer<Float>, totalInputs: Int, inputs: Range<Int>,
    dx: UnsafeMutablePointer<Float>, ldx: Int, accumulate: Bool)

  /// Packs W [outputs, ld] (row-major, PyTorch's Linear.weight) into panels [P, inputs, 16]; lanes beyond
  /// `outputs` become zero.
  static func packPanels(
    from: UnsafePointer<Float>, ld: Int, outputs: Int, inputs: Int, to: UnsafeMutablePointer<Float>)

  /// The inverse of `packPanels`: W [outputs, ld] from panels [P, inputs, 16].
  static func unpackPanels(
    from: UnsafePointer<Float>, outputs: Int, inputs: Int, to: UnsafeMutablePointer<Float>, ld: Int)

  /// to[c, r] = from[r, c], for a matrix `from` [rows, ldFrom] of `columns` columns and `to`
  /// [columns, ldTo]; nothing outside is read or written.
  static func transpose(
    from: UnsafePointer<Float>, ldFrom: Int, rows: Int, columns: Int,
    to: UnsafeMutablePointer<Float>, ldTo: Int)
}
