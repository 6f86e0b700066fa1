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
    // Two panels at once would save loads of x and lose more by the lines of both (5–10 % of large products).
    let depthLimit = 128
    let packed = UnsafeMutablePointer<Float>.allocate(capacity: depthLimit * panelWidth)
    defer { packed.deallocate() }
    if rows == 0 {
      for p in panels {
        let start = (p * totalInputs + inputs.lowerBound) * panelWidth
        for i in start..<start + inputs.count * panelWidth { dw[i] = beta == 0 ? 0 : dw[i] * beta }
      }
    }
    (0..<rows).forEachPart(atMost: depthLimit) { b, depth in
      inputs.forEachPart(atMost: 480) { k0, kCount in
        for p in panels {
          packRows(dy + b * ldy + p * panelWidth, ldy, rows: depth, to: packed)
          (k0..<k0 + kCount).forEachPart(atMost: maxBlockRows()) { k, kRows in
            gradientBlock(
              rows: kRows, x: x + b * ldx + k, ldx: ldx, dy: packed, count: depth,
              dw: dw + (p * totalInputs + k) * panelWidth, scale: scale, beta: b == 0 ? beta : 1)
          }
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

/// Chooses the register block for a number of inputs (its rows).
@inline(__always)
private func gradientBlock(
  rows: Int, x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, count: Int,
  dw: UnsafeMutablePointer<Float>, scale: Float, beta: Float
) {
  @inline(__always)
  func run<let R: Int>(_: DenseBlock<R, 1>.Type) {
    DenseBlock<R, 1>.gradient(x: x, ldx: ldx, dy: dy, count: count, dw: dw, scale: scale, beta: beta)
  }
  switch rows {
  case 1: run(DenseBlock<1, 1>.self)
  case 2: run(DenseBlock<2, 1>.self)
  case 3: run(DenseBlock<3, 1>.self)
  #if !LEVEL_V2
    case 4: run(DenseBlock<4, 1>.self)
    case 5: run(DenseBlock<5, 1>.self)
    case 6: run(DenseBlock<6, 1>.self)
  #endif
  #if LEVEL_V4
    case 7: run(DenseBlock<7, 1>.self)
    case 8: run(DenseBlock<8, 1>.self)
    case 9: run(DenseBlock<9, 1>.self)
    case 10: run(DenseBlock<10, 1>.self)
    case 11: run(DenseBlock<11, 1>.self)
    case 12: run(DenseBlock<12, 1>.self)
  #endif
  default: break
  }
}
