import KernelInterface

/// `OptimizerRates` as lanes take them.
struct OptimizerInput {
  /// −lr.
  let step: Float
  private let shrink: Float
  private let decay: Float
  private let sign: Float

  @inline(__always)
  init(_ rates: OptimizerRates) {
    step = Float(-rates.learningRate)
    shrink = rates.isDecoupled ? Float(1 - rates.learningRate * rates.weightDecay) : 1
    decay = rates.isDecoupled ? 0 : Float(rates.weightDecay)
    sign = rates.maximizes ? -1 : 1
  }

  /// Weights and gradient as the formulas find them.
  @inline(__always)
  func callAsFunction(_ weights: Lanes, _ gradient: Lanes) -> (w: Lanes, g: Lanes) {
    let w = weights * shrink
    return (w, multiplyAdd(gradient * sign, w, decay))
  }
}

/// The ε of a divisor, above 0 (see `OptimizerLevel`).
@inline(__always)
func divisorEpsilon(_ epsilon: Double) -> Lanes { Lanes(repeating: max(Float(epsilon), .leastNormalMagnitude)) }
