import Tensors

extension Shape {
  /// Fails when a row is not one-dimensional, as `spec` wants it.
  static func requireFlat(_ shape: [Int], for spec: Spec) throws(Failure) {
    guard shape.count == 1 else {
      throw .usage("\(spec): wants a flat input, has \(text(shape)); put 'flatten' before it")
    }
  }
}
