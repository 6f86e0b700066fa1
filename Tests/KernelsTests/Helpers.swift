import Kernels

/// The levels that this processor can run; every test goes through them.
let levels = InstructionLevels.available

/// A matrix [rows, columns] with padded rows, for tests.
final class Matrix {
  let rows: Int
  let columns: Int
  let ld: Int
  let buffer: AlignedBuffer<Float>
  var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

  init(_ rows: Int, _ columns: Int, padding: Float = 0) {
    self.rows = rows
    self.columns = columns
    ld = paddedWidth(columns)
    buffer = AlignedBuffer(count: max(1, rows * ld))
    for i in 0..<buffer.count { buffer[i] = padding }
    for r in 0..<rows { for c in 0..<columns { self[r, c] = 0 } }
  }

  subscript(r: Int, c: Int) -> Float {
    get { buffer[r * ld + c] }
    set { buffer[r * ld + c] = newValue }
  }

  /// Fills the matrix with normal numbers that depend on the seed only.
  static func random(_ rows: Int, _ columns: Int, seed: UInt64, padding: Float = 0, scale: Float = 1)
    -> Matrix
  {
    let matrix = Matrix(rows, columns, padding: padding)
    var stream = RandomStream(seed: seed, purpose: 1)
    for r in 0..<rows { for c in 0..<columns { matrix[r, c] = Float(stream.nextNormal()) * scale } }
    return matrix
  }

  /// The elements without padding.
  var values: [Float] { (0..<rows).flatMap { r in (0..<columns).map { self[r, $0] } } }

  /// Whether the padding lanes up to a multiple of 16 are zero.
  var paddingIsZero: Bool {
    (0..<rows).allSatisfy { r in (columns..<panelCount(columns) * 16).allSatisfy { self[r, $0] == 0 } }
  }

  func copy() -> Matrix {
    let other = Matrix(rows, columns)
    for i in 0..<buffer.count { other.buffer[i] = buffer[i] }
    return other
  }
}

/// Panel-packed weights of a random W [outputs, inputs].
struct PackedWeights {
  let plain: Matrix
  let packed: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>

  init(outputs: Int, inputs: Int, seed: UInt64) {
    plain = Matrix.random(outputs, inputs, seed: seed)
    packed = AlignedBuffer(count: panelCount(outputs) * inputs * 16)
    bias = AlignedBuffer(count: panelCount(outputs) * 16)
    for n in 0..<outputs {
      bias[n] = Float(n % 7) - 3
      for k in 0..<inputs { packed[(n / 16 * inputs + k) * 16 + n % 16] = plain[n, k] }
    }
  }
}

/// |a − b| within a tolerance relative to the terms' magnitude; equal non-finite values agree.
func close(_ a: Float, _ b: Double, _ tolerance: Double, scale: Double = 1) -> Bool {
  if b.isNaN { return a.isNaN }
  if b.isInfinite || a.isInfinite { return Double(a) == b || Float(b) == a }
  return abs(Double(a) - b) <= tolerance * max(scale, abs(b))
}

/// The distance of a from the exact b in units of b's last place (as a normal number);
/// a subnormal result may be flushed to zero.
func ulps(_ a: Float, _ b: Double) -> Double {
  let nearest = Float(b)
  if nearest == a || (nearest.isNaN && a.isNaN) { return 0 }
  if a == 0 && nearest.isSubnormal { return 0 }
  if !a.isFinite || !nearest.isFinite { return .infinity }
  return abs(Double(a) - b) / Double(max(nearest.magnitude, .leastNormalMagnitude).ulp)
}
