import KernelInterface

extension Level {
  /// See `DenseLevel`.
  public static func denseForward(
    x: UnsafePointer<Float>, ldx: Int, rows: Range<Int>, inputs: Int,
    w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, panels: Range<Int>,
    y: UnsafeMutablePointer<Float>, ldy: Int, accumulate: Bool
  ) {
    let stride = inputs * panelWidth
    denseProduct(
      x: x + rows.lowerBound * ldx, ldx: ldx, rows: rows.count, inputs: inputs,
      w: w + panels.lowerBound * stride, panelStride: stride, panels: panels.count,
      bias: bias.map { $0 + panels.lowerBound * panelWidth }, accumulate: accumulate,
      y: y + rows.lowerBound * ldy + panels.lowerBound * panelWidth, ldy: ldy)
  }
}

/// Splits the product of rows and packed panels into cache blocks; all pointers name the first element.
///
/// A panel's block of 320 inputs (20 KB) stays in the first-level cache, a block of 192 rows of x in the
/// second-level one. Sums rest in y between blocks of inputs, which loses nothing.
@inline(never)
func denseProduct(
  x: UnsafePointer<Float>, ldx: Int, rows: Int, inputs: Int, w: UnsafePointer<Float>, panelStride: Int,
  panels: Int, bias: UnsafePointer<Float>?, accumulate: Bool, y: UnsafeMutablePointer<Float>, ldy: Int
) {
  (0..<rows).forEachPart(atMost: 192) { row, rowCount in
    let parts = max(1, (inputs + 319) / 320)
    for part in 0..<parts {
      let k = part * inputs / parts
      let depth = (part + 1) * inputs / parts - k
      forwardTile(
        x: x + row * ldx + k, ldx: ldx, rows: rowCount, depth: depth, w: w + k * panelWidth,
        panelStride: panelStride, panels: panels, bias: bias, resume: accumulate || part > 0,
        y: y + row * ldy, ldy: ldy)
    }
  }
}

/// One cache block of the forward pass: all pointers name the block's first element.
@inline(never)
private func forwardTile(
  x: UnsafePointer<Float>, ldx: Int, rows: Int, depth: Int,
  w: UnsafePointer<Float>, panelStride: Int, panels: Int, bias: UnsafePointer<Float>?,
  resume: Bool, y: UnsafeMutablePointer<Float>, ldy: Int
) {
  // Few rows would leave the multiply units waiting for one another's sums: take more panels at once.
  var group = rows == 1 ? 4 : 2
  #if !LEVEL_V4
    if rows > 2 { group = 1 }
  #endif
  var p = 0
  while p < panels {
    if p + group > panels { group = 1 }
    (0..<rows).forEachPart(atMost: maxBlockRows()) { row, count in
      forwardBlock(
        rows: count, panels: group, x: x + row * ldx, ldx: ldx, w: w + p * panelStride,
        panelStride: panelStride, count: depth, bias: bias.map { $0 + p * panelWidth }, resume: resume,
        y: y + row * ldy + p * panelWidth, ldy: ldy)
    }
    p += group
  }
}

/// Chooses the register block for a number of rows and panels.
@inline(__always)
private func forwardBlock(
  rows: Int, panels: Int, x: UnsafePointer<Float>, ldx: Int, w: UnsafePointer<Float>, panelStride: Int,
  count: Int, bias: UnsafePointer<Float>?, resume: Bool, y: UnsafeMutablePointer<Float>, ldy: Int
) {
  @inline(__always)
  func run<let R: Int, let P: Int>(_: DenseBlock<R, P>.Type) {
    DenseBlock<R, P>.forward(
      x: x, ldx: ldx, w: w, panelStride: panelStride, count: count, bias: bias, resume: resume, y: y,
      ldy: ldy)
  }
  switch (rows, panels) {
  case (1, 1): run(DenseBlock<1, 1>.self)
  case (2, 1): run(DenseBlock<2, 1>.self)
  case (3, 1): run(DenseBlock<3, 1>.self)
  case (1, 2): run(DenseBlock<1, 2>.self)
  case (2, 2): run(DenseBlock<2, 2>.self)
  case (1, 4): run(DenseBlock<1, 4>.self)
  #if !LEVEL_V2
    case (4, 1): run(DenseBlock<4, 1>.self)
    case (5, 1): run(DenseBlock<5, 1>.self)
    case (6, 1): run(DenseBlock<6, 1>.self)
  #endif
  #if LEVEL_V4
    case (7, 1): run(DenseBlock<7, 1>.self)
    case (8, 1): run(DenseBlock<8, 1>.self)
    case (9, 1): run(DenseBlock<9, 1>.self)
    case (10, 1): run(DenseBlock<10, 1>.self)
    case (11, 1): run(DenseBlock<11, 1>.self)
    case (12, 1): run(DenseBlock<12, 1>.self)
    case (3, 2): run(DenseBlock<3, 2>.self)
    case (4, 2): run(DenseBlock<4, 2>.self)
    case (5, 2): run(DenseBlock<5, 2>.self)
    case (6, 2): run(DenseBlock<6, 2>.self)
    case (7, 2): run(DenseBlock<7, 2>.self)
    case (8, 2): run(DenseBlock<8, 2>.self)
    case (9, 2): run(DenseBlock<9, 2>.self)
    case (10, 2): run(DenseBlock<10, 2>.self)
    case (11, 2): run(DenseBlock<11, 2>.self)
    case (12, 2): run(DenseBlock<12, 2>.self)
  #endif
  default: break
  }
}
