/// Optimizer steps and the passes over flat arrays that go with them; any count, any alignment.
public protocol OptimizerLevel {
  /// w −= lr·(g + weightDecay·w)
  static func sgd(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, count: Int, learningRate: Double,
    weightDecay: Double)

  /// PyTorch's SGD: g += weightDecay·w; v = g on the `first` step, else momentum·v + (1 − dampening)·g;
  /// w −= lr·v, or lr·(g + momentum·v) where `nesterov`.
  static func sgdMomentum(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, v: UnsafeMutablePointer<Float>, count: Int,
    learningRate: Double, momentum: Double, dampening: Double, nesterov: Bool, weightDecay: Double,
    first: Bool)

  /// PyTorch's Adam (Kingma and Ba 2015) and, where `decoupled`, AdamW (Loshchilov and Hutter 2019):
  /// decay w *= 1 − lr·weightDecay, or g += weightDecay·w; m += (1 − β₁)(g − m);
  /// v = β₂·v + (1 − β₂)·g²; w −= lr/bc₁ · m / (√v/√bc₂ + ε), with bcᵢ = 1 − βᵢᵗ at step t.
  static func adam(
    w: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, count: Int, learningRate: Double, beta1: Double, beta2: Double,
    epsilon: Double, biasCorrection1: Double, biasCorrection2: Double, weightDecay: Double,
    decoupled: Bool)

  /// Σ x[i]², in Double; the same on every level (lane i % 16 sums its elements in order).
  static func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double

  /// x[i] *= factor
  static func scale(_ x: UnsafeMutablePointer<Float>, count: Int, by factor: Float)

  /// x[i] = min(max(x[i], −limit), limit); NaN stays.
  static func clip(_ x: UnsafeMutablePointer<Float>, count: Int, limit: Float)

  /// Whether no element is infinite or NaN.
  static func isFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool
}
