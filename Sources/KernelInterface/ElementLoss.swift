/// A loss ℓ(y, t) of one output y and its target t, applied element by element.
///
/// Names and formulas are PyTorch's; the hinge is Keras's.
public enum ElementLoss: Equatable, Sendable {
  /// (y − t)²
  case squared
  /// |y − t|; its slope at 0 is 0
  case absolute
  /// (y − t)²/2 where |y − t| ≤ delta, else delta·(|y − t| − delta/2) (Huber 1964)
  case huber(delta: Float)
  /// −t·log y − (1 − t)·log(1 − y), on probabilities y from 0 to 1; logarithms below −100 count as −100, and the slope's
  /// denominator y·(1 − y) is at least 10⁻¹²
  case binary
  /// −t·log σ(y) − (1 − t)·log(1 − σ(y)), computed as max(y, 0) − y·t + log(1 + e^−|y|)
  case binaryWithLogits
  /// log(1 + e^(−s·y)), where s is 1 for t above 0, else −1
  case softMargin
  /// max(0, 1 − s·y), where s is 1 for t above 0, else −1
  case hinge
}
