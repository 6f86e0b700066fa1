import KernelInterface

extension Level {
  /// See `LossLevel`.
  public static func elementLoss(
    _ f: ElementLoss, y: UnsafePointer<Float>, ld: Int, rows: Int, columns: Int,
    targets: UnsafePointer<Float>, ldt: Int, columnWeights: UnsafePointer<Float>?,
    rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>
  ) {
    let one = Lanes(repeating: 1)
    let rowLoss = RowLoss(
      y: y, ld: ld, targets: targets, ldt: ldt, columnWeights: columnWeights, rowWeights: rowWeights, scale: scale,
      rows: rows, columns: columns, gradient: gradient, ldg: ldg, loss: loss)
    switch f {
    case .squared:
      rowLoss.sum { y, t in
        let difference = y - t
        return (difference * difference, difference + difference)
      }
    case .absolute:
      rowLoss.sum { y, t in
        let difference = y - t
        return (magnitude(difference), sign(difference))
      }
    case .huber(let delta):
      rowLoss.sum { y, t in
        let difference = y - t
        let slope = smaller(larger(difference, Lanes(repeating: -delta)), Lanes(repeating: delta))
        return (slope * (difference - slope * 0.5), slope)
      }
    case .binary:
      let least = Lanes(repeating: -100)
      rowLoss.sum { p, t in
        let loss = -(t * larger(vectorLog(p), least) + (one - t) * larger(vectorLogComplement(p), least))
        return (loss, (p - t) / larger(p * (one - p), Lanes(repeating: 1e-12)))
      }
    case .binaryWithLogits:
      rowLoss.sum { z, t in
        // In this order a large z with target 1 leaves the small logarithm whole.
        let loss = larger(z, Lanes()) - z * t + vectorLog1p(vectorExpNegative(-magnitude(z)))
        return (loss, vectorSigmoid(z) - t)
      }
    case .softMargin:
      rowLoss.sum { y, t in
        let s = one.replacing(with: -1, where: .!(t .> Lanes()))
        return (vectorSoftplus(-s * y), -s * vectorSigmoid(-s * y))
      }
    case .hinge:
      rowLoss.sum { y, t in
        let s = one.replacing(with: -1, where: .!(t .> Lanes()))
        let margin = one - s * y
        return (larger(margin, Lanes()), (-s).replacing(with: 0, where: margin .<= Lanes()))
      }
    }
  }
}

/// The arguments of an element-wise loss.
private struct RowLoss {
  let y: UnsafePointer<Float>, ld: Int
  let targets: UnsafePointer<Float>, ldt: Int
  let columnWeights: UnsafePointer<Float>?
  let rowWeights: UnsafePointer<Float>?
  let scale: Float
  let rows: Int
  let columns: Int
  let gradient: UnsafeMutablePointer<Float>?, ldg: Int
  let loss: UnsafeMutablePointer<Double>

  /// Sums the loss over every row and writes its gradient.
  @inline(__always)
  func sum(_ element: (_ prediction: Lanes, _ target: Lanes) -> (loss: Lanes, slope: Lanes)) {
    for r in 0..<rows {
      let row = y + r * ld
      let target = targets + r * ldt
      let out = gradient.map { $0 + r * ldg }
      let weight = rowWeights?[r] ?? 1
      var sum = SIMD8<Double>()
      forEachLanes(columns) { c, keep in
        var (loss, slope) = element(load(row + c), load(target + c))
        if let columnWeights {
          loss *= load(columnWeights + c)
          slope *= load(columnWeights + c)
        }
        sum += doubles(keep(loss))
        if let out { store(keep(slope * (scale * weight)), out + c) }
      }
      if let out { clearPadding(out, columns) }
      loss[r] = Double(weight) * horizontalSum(sum)
    }
  }
}
