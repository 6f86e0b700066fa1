/// Dropout from a counter-based generator: a mask depends only on the key, the row, the column and the
/// stream words, never on tiles or threads.
public protocol DropoutLevel {
  /// mask[r, c] = 1 with probability 1 − p, else 0, for `rows` and `columns` of a mask [·, ld] of bytes.
  ///
  /// Element (r, c) uses the block Philox4×32-10(counter: (c/8, r, stream.0, stream.1), key): its
  /// (c % 8)-th 16-bit half (low half of word 0 first), kept where that is at least round(p·65536).
  /// `columns` starts at a multiple of 8, and its end is rounded up to 8; so is what is written.
  static func dropoutMask(
    key: UInt64, stream: (UInt32, UInt32), p: Double, rows: Range<Int>, columns: Range<Int>,
    mask: UnsafeMutablePointer<UInt8>, ld: Int)

  /// y[r, c] = mask[r, c] ≠ 0 ? y[r, c]·scale + shift : dropped on a tile [rows, columns], in place: the forward pass
  /// on activations or weights, and the backward pass on gradients with shift = dropped = 0.
  static func dropoutApply(
    mask: UnsafePointer<UInt8>, ldMask: Int, y: UnsafeMutablePointer<Float>, ldy: Int,
    rows: Int, columns: Int, scale: Float, shift: Float, dropped: Float)
}
