/// Optimizer steps over flat arrays, each fused into one pass; any count, any alignment.
///
/// In the formulas g is the gradient that `OptimizerRates` describes, lr its learning rate. An eps of 0 is taken as the
/// smallest normal float where a quotient has it in the divisor: no square root of a float above 0 is small enough to
/// notice, and 0/0 is 0, so that padding (w = g = 0) stays zero.
public protocol OptimizerLevel {
  /// w −= lr·g
  static func sgd(w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, count: Int, rates: OptimizerRates)

  /// PyTorch's SGD: v = g on the `first` step, else momentum·v + (1 − dampening)·g; w −= lr·v, or
  /// lr·(g + momentum·v) where `nesterov`.
  static func sgdMomentum(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, v: UnsafeMutablePointer<Float>, count: Int,
    rates: OptimizerRates, momentum: Double, dampening: Double, nesterov: Bool, first: Bool)

  /// PyTorch's Adagrad (Duchi et al. 2011): sum += g²; w −= lr·g/(√sum + ε).
  static func adagrad(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, sum: UnsafeMutablePointer<Float>, count: Int,
    rates: OptimizerRates, epsilon: Double)

  /// PyTorch's RMSprop (Tieleman and Hinton 2012): s = α·s + (1 − α)·g²; with `mean` (centered, Graves 2013)
  /// mean += (1 − α)·(g − mean) and V = max(s − mean², 0), else V = s; q = g/(√V + ε), or g/√(V + ε); with `buffer`
  /// buffer = momentum·buffer + q and w −= lr·buffer, else w −= lr·q.
  static func rmsprop(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, s: UnsafeMutablePointer<Float>,
    mean: UnsafeMutablePointer<Float>?, buffer: UnsafeMutablePointer<Float>?, count: Int, rates: OptimizerRates,
    alpha: Double, momentum: Double, epsilon: Double, epsilonIsInRoot: Bool)

  /// PyTorch's Adadelta (Zeiler 2012): s = ρ·s + (1 − ρ)·g²; Δ = √(d + ε)/√(s + ε)·g; d = ρ·d + (1 − ρ)·Δ²; w −= lr·Δ.
  static func adadelta(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, s: UnsafeMutablePointer<Float>,
    d: UnsafeMutablePointer<Float>, count: Int, rates: OptimizerRates, rho: Double, epsilon: Double)

  /// PyTorch's Adam (Kingma and Ba 2015): m += (1 − β₁)(g − m); v = β₂·v + (1 − β₂)·g²; with `largest` (AMSGrad,
  /// Reddi et al. 2018) largest = max(largest, v) and V = largest, else V = v; w −= lr/bc₁ · m/(√V/√bc₂ + ε), with
  /// bcᵢ = 1 − βᵢᵗ at step t.
  static func adam(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, largest: UnsafeMutablePointer<Float>?, count: Int, rates: OptimizerRates,
    beta1: Double, beta2: Double, epsilon: Double, biasCorrection1: Double, biasCorrection2: Double)

  /// PyTorch's Adamax (Kingma and Ba 2015, section 7.1): m += (1 − β₁)(g − m); u = max(β₂·u, |g| + ε);
  /// w −= lr/bc₁ · m/u.
  static func adamax(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    u: UnsafeMutablePointer<Float>, count: Int, rates: OptimizerRates, beta1: Double, beta2: Double, epsilon: Double,
    biasCorrection1: Double)

  /// PyTorch's NAdam (Dozat 2016): m and v as in `adam`;
  /// w −= lr·(gradientShare·g + momentShare·m)/(√v/√bc₂ + ε).
  static func nadam(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, count: Int, rates: OptimizerRates, beta1: Double, beta2: Double, epsilon: Double,
    gradientShare: Double, momentShare: Double, biasCorrection2: Double)

  /// Lion (Chen et al. 2023): w −= lr·sign(m + (1 − β₁)(g − m)); m += (1 − β₂)(g − m); sign(0) = 0.
  static func lion(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>, count: Int,
    rates: OptimizerRates, beta1: Double, beta2: Double)
}

/// What every optimizer does alike to weights and gradient before its own formula, as PyTorch does: the gradient of the
/// loss is negated where the loss is to grow; then w *= 1 − lr·weightDecay where the decay is decoupled from the
/// gradient (Loshchilov and Hutter 2019), else g += weightDecay·w.
public struct OptimizerRates: Sendable {
  /// The learning rate, lr.
  public var learningRate: Double
  /// The factor of the weights.
  public var weightDecay: Double
  /// Whether the decay goes on the weights themselves.
  public var isDecoupled: Bool
  /// Whether the loss is to grow.
  public var maximizes: Bool

  /// The rates of a step.
  public init(learningRate: Double, weightDecay: Double = 0, isDecoupled: Bool = false, maximizes: Bool = false) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
    self.maximizes = maximizes
  }
}
