import Glibc
import KernelInterface

/// log of a sum of exponentials that is at least 1, or NaN.
@inline(__always)
func logOfSum(_ sum: Float) -> Double { log(Double(sum)) }

extension Level {
  /// See `LossLevel`.
  public static func softmaxCrossEntropy(
    logits: UnsafePointer<Float>, ld: Int, rows: Int, classes: Int, labels: UnsafePointer<Int32>,
    rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>
  ) {
    for r in 0..<rows {
      let row = logits + r * ld
      let label = Int(labels[r])
      let known = label >= 0 && label < classes
      let weight = known ? rowWeights?[r] ?? 1 : 0
      let target = known ? row[label] : 0
      let peak = rowMax(row, classes)
      let out = gradient.map { $0 + r * ldg }
      let sum = exponentials(row, max: peak, count: classes, to: out)
      loss[r] = known ? Double(weight) * (logOfSum(sum) + (Double(peak) - Double(target))) : 0
      guard let out else { continue }
      if known {
        scaleRow(out, by: weight * scale / sum, count: classes)
        out[label] -= weight * scale
      } else {
        forEachLanes(classes) { c, _ in store(Lanes(), out + c) }
      }
    }
  }

  /// See `LossLevel`.
  public static func softmaxCrossEntropy(
    logits: UnsafePointer<Float>, ld: Int, rows: Int, classes: Int,
    targets: UnsafePointer<Float>, ldt: Int, smoothing: Float, classWeights: UnsafePointer<Float>?,
    rowWeights: UnsafePointer<Float>?, scale: Float,
    gradient: UnsafeMutablePointer<Float>?, ldg: Int, loss: UnsafeMutablePointer<Double>
  ) {
    let uniform = Lanes(repeating: smoothing / Float(classes))
    for r in 0..<rows {
      let row = logits + r * ld
      let target = targets + r * ldt
      let smoothed = { (c: Int) -> Lanes in
        let u = multiplyAdd(uniform, load(target + c), 1 - smoothing)
        guard let classWeights else { return u }
        return u * load(classWeights + c)
      }
      let weight = rowWeights?[r] ?? 1
      let peak = rowMax(row, classes)
      var targetSum = SIMD8<Double>()
      var products = SIMD8<Double>()
      forEachLanes(classes) { c, keep in
        let t = keep(smoothed(c))
        targetSum += doubles(t)
        products += doubles(keep(t * (load(row + c) - Lanes(repeating: peak))))
      }
      let total = horizontalSum(targetSum)
      let out = gradient.map { $0 + r * ldg }
      let sum = exponentials(row, max: peak, count: classes, to: out)
      loss[r] = Double(weight) * (logOfSum(sum) * total - horizontalSum(products))
      guard let out else { continue }
      let factor = weight * scale
      let softmaxFactor = factor * Float(total) / sum
      forEachLanes(classes) { c, keep in
        store(multiplyAdd(load(out + c) * softmaxFactor, keep(smoothed(c)), -factor), out + c)
      }
    }
  }
}
