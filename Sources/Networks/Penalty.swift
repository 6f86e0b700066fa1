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
  public func addPenaltyGradient() { addPenaltyGradient(l1: l1, l2: l2, in: 0..<values.count) }

  /// Adds the gradient of l1·Σ|w| + l2·Σw², of these factors in place of the parameter's own, in a range of the values.
  public func addPenaltyGradient(l1: Double, l2: Double, in range: Range<Int>) {
    guard l1 != 0 || l2 != 0, let gradient else { return }
    kernels.addPenaltyGradient(
      gradient.pointer + range.lowerBound, values.pointer + range.lowerBound, count: range.count, l1: Float(l1),
      l2: Float(l2))
  }

  /// How many parts `constrain(part:)` has: one for every 16 neurons of a parameter whose norm has a limit.
  public var constraintParts: Int { maximumNorm == nil ? 0 : layout.panels.count }

  /// Scales the weights into each neuron of a part down to the largest norm allowed (Srivastava et al. 2014; Keras's
  /// MaxNorm).
  public func constrain(part: Int) {
    guard let maximumNorm else { return }
    let inputs = layout.panels.inputs
    kernels.limitColumnNorms(values.pointer + part * panelWidth * inputs, rows: inputs, limit: maximumNorm)
  }
}
