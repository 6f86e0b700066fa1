/// Penalties on weights and on activations.
public protocol PenaltyLevel {
  /// gradient[i] += l1·sign(x[i]) + 2·l2·x[i], the gradient of l1·Σ|x| + l2·Σx²; any count, any alignment.
  static func addPenaltyGradient(
    _ gradient: UnsafeMutablePointer<Float>, of x: UnsafePointer<Float>, count: Int, l1: Float, l2: Float)
}
