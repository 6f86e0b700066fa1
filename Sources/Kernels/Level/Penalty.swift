import KernelInterface

extension Level {
  /// See `PenaltyLevel`.
  public static func addPenaltyGradient(
    _ gradient: UnsafeMutablePointer<Float>, of x: UnsafePointer<Float>, count: Int, l1: Float, l2: Float
  ) {
    forEachVector(count) { i, load, store in
      let v = load(x + i)
      let sign = Lanes().replacing(with: l1, where: v .> Lanes()).replacing(with: -l1, where: v .< Lanes())
      store(multiplyAdd(load(gradient + i) + sign, v, 2 * l2), gradient + i)
    }
  }
}
