import KernelInterface

extension Level {
  /// See `DenseLevel`.
  public static func packPanels(
    from: UnsafePointer<Float>, ld: Int, outputs: Int, inputs: Int, to: UnsafeMutablePointer<Float>
  ) {
    for p in 0..<panelCount(outputs) {
      let lanes = min(panelWidth, outputs - p * panelWidth)
      let rows = from + p * panelWidth * ld
      let panel = to + p * inputs * panelWidth
      transposeTile(rows, ld, rows: lanes, columns: inputs, panel, panelWidth)
      for k in 0..<inputs { for j in lanes..<panelWidth { panel[k * panelWidth + j] = 0 } }
    }
  }

  /// See `DenseLevel`.
  public static func unpackPanels(
    from: UnsafePointer<Float>, outputs: Int, inputs: Int, to: UnsafeMutablePointer<Float>, ld: Int
  ) {
    for p in 0..<panelCount(outputs) {
      let lanes = min(panelWidth, outputs - p * panelWidth)
      transposeTile(
        from + p * inputs * panelWidth, panelWidth, rows: inputs, columns: lanes,
        to + p * panelWidth * ld, ld)
    }
  }

  /// See `DenseLevel`.
  public static func transpose(
    from: UnsafePointer<Float>, ldFrom: Int, rows: Int, columns: Int,
    to: UnsafeMutablePointer<Float>, ldTo: Int
  ) {
    transposeTile(from, ldFrom, rows: rows, columns: columns, to, ldTo)
  }
}

/// to[c, r] = from[r, c], by squares of 8 × 8, in strips of 64 rows that keep their lines in the cache.
@inline(never)
private func transposeTile(
  _ from: UnsafePointer<Float>, _ ldFrom: Int, rows: Int, columns: Int,
  _ to: UnsafeMutablePointer<Float>, _ ldTo: Int
) {
  let squareRows = rows / 8 * 8
  let squareColumns = columns / 8 * 8
  for strip in stride(from: 0, to: squareRows, by: 64) {
    for c in stride(from: 0, to: squareColumns, by: 8) {
      for r in stride(from: strip, to: min(strip + 64, squareRows), by: 8) {
        transpose8(from + r * ldFrom + c, ldFrom, to + c * ldTo + r, ldTo)
      }
    }
  }
  for r in 0..<rows {
    for c in (r < squareRows ? squareColumns : 0)..<columns { to[c * ldTo + r] = from[r * ldFrom + c] }
  }
}

/// Transposes a contiguous square of 16 × 16.
@inline(__always)
func transposeSquare(from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>) {
  transpose8(from, 16, to, 16)
  transpose8(from + 8, 16, to + 8 * 16, 16)
  transpose8(from + 8 * 16, 16, to + 8, 16)
  transpose8(from + 8 * 16 + 8, 16, to + 8 * 16 + 8, 16)
}

/// Transposes a square of 8 × 8: halves of rows i and i + 4 are loaded side by side, and the four
/// squares of 4 × 4 in them are transposed by two rounds of interleaving.
@inline(__always)
private func transpose8(
  _ from: UnsafePointer<Float>, _ ldFrom: Int, _ to: UnsafeMutablePointer<Float>, _ ldTo: Int
) {
  @inline(__always)
  func row(_ r: Int, _ c: Int) -> SIMD8<Float> {
    SIMD8(
      lowHalf: load(from + r * ldFrom + c, as: SIMD4<Float>.self),
      highHalf: load(from + (r + 4) * ldFrom + c, as: SIMD4<Float>.self))
  }
  for c in 0..<2 {
    let (a, b, d, e) = (row(0, 4 * c), row(1, 4 * c), row(2, 4 * c), row(3, 4 * c))
    let abLow = interleaveLow(a, b)
    let abHigh = interleaveHigh(a, b)
    let deLow = interleaveLow(d, e)
    let deHigh = interleaveHigh(d, e)
    let out = to + 4 * c * ldTo
    store(joinLow(abLow, deLow), out)
    store(joinHigh(abLow, deLow), out + ldTo)
    store(joinLow(abHigh, deHigh), out + 2 * ldTo)
    store(joinHigh(abHigh, deHigh), out + 3 * ldTo)
  }
}

// Shuffles within halves of four lanes, as the processor has them.

@inline(__always)
private func interleaveLow(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  SIMD8(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
}

@inline(__always)
private func interleaveHigh(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  SIMD8(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
}

@inline(__always)
private func joinLow(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  SIMD8(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5])
}

@inline(__always)
private func joinHigh(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  SIMD8(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
}
