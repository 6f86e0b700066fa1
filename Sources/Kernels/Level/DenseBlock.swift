import KernelInterface

/// A block of outputs held in registers: R rows × P panels of 16 lanes.
struct DenseBlock<let R: Int, let P: Int> {
  typealias Sums = InlineArray<R, InlineArray<P, Wide>>

  /// sums[r][p] += Σₖ x[r·rowStride + k·kStride]·w[p·panelStride + k·16 ..< +16], in the order of k.
  @inline(__always)
  static func addProducts(
    _ sums: inout Sums, x: UnsafePointer<Float>, rowStride: Int, kStride: Int,
    w: UnsafePointer<Float>, panelStride: Int, count: Int
  ) {
    var xk = x
    var wk = w
    for _ in 0..<count {
      // Row by row, so that no more than one factor of x needs a register.
      var lanes = InlineArray<P, Wide>(repeating: Wide())
      for p in 0..<P { lanes[p] = load(wk + p * panelStride, as: Wide.self) }
      for r in 0..<R {
        let factor = Wide(repeating: xk[r * rowStride])
        for p in 0..<P { sums[r][p] = multiplyAdd(sums[r][p], factor, lanes[p]) }
      }
      xk += kStride
      wk += panelWidth
    }
  }

  /// y = start + x·w, where start is y itself (`resume`), the bias, or zero.
  @inline(__always)
  static func forward(
    x: UnsafePointer<Float>, ldx: Int, w: UnsafePointer<Float>, panelStride: Int, count: Int,
    bias: UnsafePointer<Float>?, resume: Bool, y: UnsafeMutablePointer<Float>, ldy: Int
  ) {
    var sums = Sums(repeating: InlineArray<P, Wide>(repeating: Wide()))
    if resume {
      for r in 0..<R { for p in 0..<P { sums[r][p] = load(y + r * ldy + p * panelWidth, as: Wide.self) } }
    } else if let bias {
      for p in 0..<P {
        let lanes = load(bias + p * panelWidth, as: Wide.self)
        for r in 0..<R { sums[r][p] = lanes }
      }
    }
    addProducts(&sums, x: x, rowStride: ldx, kStride: 1, w: w, panelStride: panelStride, count: count)
    for r in 0..<R { for p in 0..<P { store(sums[r][p], y + r * ldy + p * panelWidth) } }
  }

  /// dw[r] = beta·dw[r] + scale·Σ_b x[b·ldx + r]·dy[b·16 ..< +16], for the one panel of the block.
  @inline(__always)
  static func gradient(
    x: UnsafePointer<Float>, ldx: Int, dy: UnsafePointer<Float>, count: Int, dw: UnsafeMutablePointer<Float>,
    scale: Float, beta: Float
  ) where P == 1 {
    var sums = Sums(repeating: InlineArray<P, Wide>(repeating: Wide()))
    addProducts(&sums, x: x, rowStride: 1, kStride: ldx, w: dy, panelStride: 0, count: count)
    for r in 0..<R {
      let out = dw + r * panelWidth
      var lanes = sums[r][0] * Wide(repeating: scale)
      if beta != 0 { lanes = multiplyAdd(lanes, load(out, as: Wide.self), Wide(repeating: beta)) }
      store(lanes, out)
    }
  }
}

/// How many rows a block holds at most, next to one panel, without running out of registers.
@inline(__always)
func maxBlockRows() -> Int {
  #if LEVEL_V4
    12
  #elseif LEVEL_V2
    3
  #else
    6
  #endif
}

extension Range<Int> {
  /// Calls body with consecutive parts of the range, of sizes that differ by at most one and do not
  /// exceed `limit`.
  @inline(__always)
  func forEachPart(atMost limit: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    guard !isEmpty else { return }
    let parts = (count + limit - 1) / limit
    let size = count / parts
    var longer = count - size * parts
    var start = lowerBound
    while start < upperBound {
      let part = longer > 0 ? size + 1 : size
      body(start, part)
      longer -= 1
      start += part
    }
  }
}
