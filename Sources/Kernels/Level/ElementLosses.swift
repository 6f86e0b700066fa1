import KernelInterface

extension Level {
  /// See `LossLevel`.
  public static func binaryCrossEntropyWithLogits(
    logits: UnsafePointer<Float>, ld: Int, rows: Int, columns: Int,
    targets: UnsafePointer<Float>, ldt: Int, rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>
  ) {
    forEachRow(
      logits, ld, targets, ldt, rowWeights, rows: rows, columns: columns, gradient, ldg, loss
    ) { z, t in
      let e = vectorExpNegative(-magnitude(z))
      let loss = larger(z, Lanes()) - z * t + vectorLog1p(e)
      // sigmoid(z) = 1/(1 + e) for z >= 0, else e/(1 + e)
      let numerator = Lanes(repeating: 1).replacing(with: e, where: z .< Lanes())
      return (loss, (numerator / (Lanes(repeating: 1) + e) - t) * scale)
    }
  }

  /// See `LossLevel`.
  public static func meanSquaredError(
    y: UnsafePointer<Float>, ld: Int, rows: Int, columns: Int,
    targets: UnsafePointer<Float>, ldt: Int, rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>
  ) {
    forEachRow(
      y, ld, targets, ldt, rowWeights, rows: rows, columns: columns, gradient, ldg, loss
    ) { y, t in
      let difference = y - t
      return (difference * difference, difference * (2 * scale))
    }
  }
}

/// Sums an element-wise loss over every row and writes its gradient.
@inline(__always)
private func forEachRow(
  _ predictions: UnsafePointer<Float>, _ ld: Int, _ targets: UnsafePointer<Float>, _ ldt: Int,
  _ rowWeights: UnsafePointer<Float>?, rows: Int, columns: Int,
  _ gradient: UnsafeMutablePointer<Float>?, _ ldg: Int, _ loss: UnsafeMutablePointer<Double>,
  _ element: (_ prediction: Lanes, _ target: Lanes) -> (loss: Lanes, gradient: Lanes)
) {
  for r in 0..<rows {
    let row = predictions + r * ld
    let target = targets + r * ldt
    let out = gradient.map { $0 + r * ldg }
    let weight = rowWeights?[r] ?? 1
    var sum = SIMD8<Double>()
    forEachLanes(columns) { c, keep in
      let (loss, slope) = element(load(row + c), load(target + c))
      sum += doubles(keep(loss))
      if let out { store(keep(slope * weight), out + c) }
    }
    if let out { clearPadding(out, columns) }
    loss[r] = Double(weight) * horizontalSum(sum)
  }
}
