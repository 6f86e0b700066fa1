import KernelInterface

extension Level {
  /// See `DenseLevel`.
  public static func denseWeightGradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, ldy: Int, rows: Int,
    totalInputs: Int, inputs: Range<Int>, panels: Range<Int>,
    dw: UnsafeMutablePointer<Float>, scale: Float, beta: Float
  ) {
    // 128 rows of a panel of dy are copied together (8 KB, first-level cache) and stay there beside
    // the lines of x that hold the inputs in turn; a block of 480 inputs of x stays in the second level.
    let depthLimit = 128
    #if LEVEL_V4
      let group = 2
    #else
      let group = 1
    #endif
    let panelStride = min(rows, depthLimit) * panelWidth
    let packed = UnsafeMutablePointer<Float>.allocate(capacity: max(1, group * panelStride))
    defer { packed.deallocate() }
    let dwPanelStride = totalInputs * panelWidth
    if rows == 0 {
      for p in panels {
        let start = p * dwPanelStride + inputs.lowerBound * panelWidth
        for i in start..<start + inputs.count * panelWidth { dw[i] = beta == 0 ? 0 : dw[i] * beta }
      }
    }
    (0..<rows).forEachPart(atMost: depthLimit) { b, depth in
      inputs.forEachPart(atMost: 480) { k0, kCount in
        var p = panels.lowerBound
        while p < panels.upperBound {
          let count = min(group, panels.upperBound - p)
          for i in 0..<count {
            packRows(
              dy + b * ldy + (p + i) * panelWidth, ldy, rows: depth, to: packed + i * panelStride)
          }
          (k0..<k0 + kCount).forEachPart(atMost: maxBlockRows()) { k, kRows in
            gradientBlock(
              rows: kRows, panels: count, x: x + b * ldx + k, ldx: ldx, dy: packed,
              panelStride: panelStride, count: depth, dw: dw + (p * totalInputs + k) * panelWidth,
              dwPanelStride: dwPanelStride, scale: scale, beta: b == 0 ? beta : 1)
          }
          p += count
        }
      }
    }
  }

  /// See `DenseLevel`.
  public static func biasGradient(
    dy: UnsafePointer<Float>, ldy: Int, rows: Int, columns: Range<Int>,
    db: UnsafeMutablePointer<Float>, scale: Float, beta: Float
  ) {
    var c = columns.lowerBound
    while c < columns.upperBound {
      var sum = Wide()
      for b in 0..<rows { sum += load(dy + b * ldy + c, as: Wide.self) }
      for j in 0..<min(panelWidth, columns.upperBound - c) {
        db[c + j] = (beta == 0 ? 0 : beta * db[c + j]) + scale * sum[j]
      }
      c += panelWidth
    }
  }
}

/// Copies one panel's column of a matrix: to[r, 0..<16] = from[r, 0..<16].
@inline(__always)
private func packRows(
  _ from: UnsafePointer<Float>, _ ld: Int, rows: Int, to: UnsafeMutablePointer<Float>
) {
  for r in 0..<rows { store(load(from + r * ld, as: Wide.self), to + r * panelWidth) }
}

/// Chooses the register block for a number of inputs (its rows) and panels.
@inline(__always)
private func gradientBlock(
  rows: Int, panels: Int, x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>,
  panelStride: Int, count: Int, dw: UnsafeMutablePointer<Float>, dwPanelStride: Int, scale: Float,
  beta: Float
) {
  @inline(__always)
  func run<let R: Int, let P: Int>(_: DenseBlock<R, P>.Type) {
    DenseBlock<R, P>.gradient(
      x: x, ldx: ldx, dy: dy, panelStride: panelStride, count: count, dw: dw,
      dwPanelStride: dwPanelStride, scale: scale, beta: beta)
  }
  switch (rows, panels) {
  case (1, 1): run(DenseBlock<1, 1>.self)
  case (2, 1): run(DenseBlock<2, 1>.self)
  case (3, 1): run(DenseBlock<3, 1>.self)
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
    case (1, 2): run(DenseBlock<1, 2>.self)
    case (2, 2): run(DenseBlock<2, 2>.self)
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
