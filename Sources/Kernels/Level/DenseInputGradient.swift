import KernelInterface

extension Level {
  /// See `DenseLevel`.
  public static func denseInputGradient(
    dy: UnsafePointer<Float>, ldy: Int, rows: Range<Int>, outputs: Int,
    w: UnsafePointer<Float>, totalInputs: Int, inputs: Range<Int>,
    dx: UnsafeMutablePointer<Float>, ldx: Int, accumulate: Bool
  ) {
    if rows.count <= 4 {
      for r in rows {
        inputGradientRow(
          dy: dy + r * ldy, panels: panelCount(outputs), w: w, totalInputs: totalInputs, inputs: inputs,
          dx: dx + r * ldx, accumulate: accumulate)
      }
      return
    }
    // The forward pass of dy over Wᵀ: as many panels of 16 inputs as fit a part of the second-level cache
    // are transposed together, square by square in the order of w.
    let panelStride = panelCount(outputs) * panelWidth * panelWidth
    let group = min(panelCount(inputs.count), max(1, turnedLimit / panelStride))
    let turned = UnsafeMutablePointer<Float>.allocate(capacity: group * panelStride)
    defer { turned.deallocate() }
    var k = inputs.lowerBound
    while k < inputs.upperBound {
      let whole = min(group, (inputs.upperBound - k) / panelWidth)
      for p in 0..<panelCount(outputs) {
        for i in 0..<whole {
          transposeSquare(
            from: w + (p * totalInputs + k + i * panelWidth) * panelWidth,
            to: turned + i * panelStride + p * panelWidth * panelWidth)
        }
      }
      let first = dy + rows.lowerBound * ldy
      let out = dx + rows.lowerBound * ldx + k
      if whole > 0 {
        denseProduct(
          x: first, ldx: ldy, rows: rows.count, inputs: outputs, w: turned, panelStride: panelStride,
          panels: whole, bias: nil, accumulate: accumulate, y: out, ldy: ldx)
        k += whole * panelWidth
      } else {
        turnEdge(
          w + k * panelWidth, totalInputs: totalInputs, count: inputs.upperBound - k, outputs: outputs, turned
        )
        edgeProduct(
          dy: first, ldy: ldy, rows: rows.count, outputs: outputs, turned: turned,
          count: inputs.upperBound - k, dx: out, ldx: ldx, accumulate: accumulate)
        k = inputs.upperBound
      }
    }
  }
}

/// How many transposed weights are kept at once: 256 KB of them.
private let turnedLimit = 65536

/// Transposes the weights of the last inputs, fewer than 16, into a panel filled up with zeros.
@inline(never)
private func turnEdge(
  _ w: UnsafePointer<Float>, totalInputs: Int, count: Int, outputs: Int, _ turned: UnsafeMutablePointer<Float>
) {
  for n in 0..<outputs {
    let from = w + n / panelWidth * totalInputs * panelWidth + n % panelWidth
    for i in 0..<panelWidth { turned[n * panelWidth + i] = i < count ? from[i * panelWidth] : 0 }
  }
}

/// The product for the last inputs, in a buffer of a whole panel, so that dx is written no further than
/// asked.
@inline(never)
private func edgeProduct(
  dy: UnsafePointer<Float>, ldy: Int, rows: Int, outputs: Int, turned: UnsafePointer<Float>, count: Int,
  dx: UnsafeMutablePointer<Float>, ldx: Int, accumulate: Bool
) {
  let sums = UnsafeMutablePointer<Float>.allocate(capacity: rows * panelWidth)
  defer { sums.deallocate() }
  if accumulate {
    for r in 0..<rows {
      for j in 0..<panelWidth { sums[r * panelWidth + j] = j < count ? dx[r * ldx + j] : 0 }
    }
  }
  denseProduct(
    x: dy, ldx: ldy, rows: rows, inputs: outputs, w: turned, panelStride: 0, panels: 1, bias: nil,
    accumulate: accumulate, y: sums, ldy: panelWidth)
  for r in 0..<rows { for j in 0..<count { dx[r * ldx + j] = sums[r * panelWidth + j] } }
}

/// One row as dot products, four inputs at a time: w is read once, in order.
@inline(never)
private func inputGradientRow(
  dy: UnsafePointer<Float>, panels: Int, w: UnsafePointer<Float>, totalInputs: Int, inputs: Range<Int>,
  dx: UnsafeMutablePointer<Float>, accumulate: Bool
) {
  var k = inputs.lowerBound
  while k < inputs.upperBound {
    let count = min(4, inputs.upperBound - k)
    var a = Wide()
    var b = Wide()
    var c = Wide()
    var d = Wide()
    for p in 0..<panels {
      let lanes = load(dy + p * panelWidth, as: Wide.self)
      let column = w + (p * totalInputs + k) * panelWidth
      a = multiplyAdd(a, lanes, load(column, as: Wide.self))
      if count == 4 {
        b = multiplyAdd(b, lanes, load(column + panelWidth, as: Wide.self))
        c = multiplyAdd(c, lanes, load(column + 2 * panelWidth, as: Wide.self))
        d = multiplyAdd(d, lanes, load(column + 3 * panelWidth, as: Wide.self))
      }
    }
    if count == 4 {
      var sums = sumsOfFour(a, b, c, d)
      if accumulate { sums += load(UnsafePointer(dx + k), as: SIMD4<Float>.self) }
      store(sums, dx + k)
      k += 4
    } else {
      let sum = sumsOfFour(a, b, c, d)[0]
      dx[k] = accumulate ? dx[k] + sum : sum
      k += 1
    }
  }
}

/// The sums of the lanes of four vectors.
@inline(__always)
private func sumsOfFour(_ a: Wide, _ b: Wide, _ c: Wide, _ d: Wide) -> SIMD4<Float> {
  @inline(__always)
  func four(_ v: Wide) -> SIMD4<Float> {
    let eight = v.lowHalf + v.highHalf
    return eight.lowHalf + eight.highHalf
  }
  let ab = SIMD8(lowHalf: four(a), highHalf: four(b))
  let cd = SIMD8(lowHalf: four(c), highHalf: four(d))
  let pairs = SIMD8(lowHalf: ab.evenHalf + ab.oddHalf, highHalf: cd.evenHalf + cd.oddHalf)
  return pairs.evenHalf + pairs.oddHalf
}
