import KernelInterface

extension Level {
  /// See `SoftmaxLevel`.
  public static func softmaxBackward(
    p: UnsafePointer<Float>, ldp: Int, dy: UnsafeMutablePointer<Float>, lddy: Int, rows: Int, classes: Int
  ) {
    for r in 0..<rows {
      let (outputs, slopes) = (p + r * ldp, dy + r * lddy)
      var sum = Lanes()
      forEachLanes(classes) { c, keep in sum += keep(load(outputs + c) * load(slopes + c)) }
      let total = Lanes(repeating: horizontalSum(sum))
      forEachLanes(classes) { c, keep in
        store(keep(load(outputs + c) * (load(slopes + c) - total)), slopes + c)
      }
      clearPadding(slopes, classes)
    }
  }

  /// See `SoftmaxLevel`.
  public static func logSoftmaxBackward(
    y: UnsafePointer<Float>, ldy: Int, dy: UnsafeMutablePointer<Float>, lddy: Int, rows: Int, classes: Int
  ) {
    for r in 0..<rows {
      let (outputs, slopes) = (y + r * ldy, dy + r * lddy)
      var sum = Lanes()
      forEachLanes(classes) { c, keep in sum += keep(load(slopes + c)) }
      let total = Lanes(repeating: horizontalSum(sum))
      forEachLanes(classes) { c, keep in
        store(keep(load(slopes + c) - vectorExpNegative(load(outputs + c)) * total), slopes + c)
      }
      clearPadding(slopes, classes)
    }
  }
}
