import Kernels

/// Penalties on parameters and constraints that hold after each step.
extension Parameter {
  /// Whether the loss gets a term from this parameter.
  public var isPenalised: Bool { l1 > 0 || l2 > 0 }

  /// l1·Σ|w| + l2·Σw², in Double.
  public var penalty: Double {
    guard isPenalised else { return 0 }
    var absolute = 0.0
    if l1 > 0 { for i in 0..<values.count { absolute += Double(abs(values.pointer[i])) } }
    let squares = l2 > 0 ? kernels.sumOfSquares(values.pointer, count: values.count) : 0
    return l1 * absolute + l2 * squares
  }

  /// Adds the penalty's gradient l1·sign(w) + 2·l2·w to the parameter's own.
  public func addPenaltyGradient() {
    guard isPenalised, let gradient else { return }
    kernels.addPenaltyGradient(
      gradient.pointer, of: values.pointer, count: values.count, l1: Float(l1), l2: Float(l2))
  }

  /// Scales the weights into each neuron down to the largest norm allowed (Srivastava et al. 2014; Keras's MaxNorm).
  public func constrain() {
    guard let maximumNorm, case .panels(let outputs, let inputs) = layout else { return }
    for output in 0..<outputs {
      let column = values.pointer + (output / panelWidth * inputs) * panelWidth + output % panelWidth
      var squares = 0.0
      for k in 0..<inputs { squares += Double(column[k * panelWidth]) * Double(column[k * panelWidth]) }
      let norm = squares.squareRoot()
      guard norm > maximumNorm else { continue }
      // Keras divides by norm + 1e-7.
      let factor = Float(maximumNorm / (norm + 1e-7))
      for k in 0..<inputs { column[k * panelWidth] *= factor }
    }
  }
}
