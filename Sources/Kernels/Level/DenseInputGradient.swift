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
    // The forward pass of dy over Wᵀ: blocks of 16 inputs × up to 320 outputs are transposed into the
    // first-level cache and used for a block of rows of dy that stays in the second.
    let turned = UnsafeMutablePointer<Float>.allocate(capacity: inputGroup * maxOutputs * panelWidth)
    defer { turned.deallocate() }
    let wholeInputs = inputs.count / panelWidth * panelWidth
    let edge = inputs.count - wholeInputs
    rows.forEachPart(atMost: 192) { row, rowCount in
      (0..<panelCount(outputs)).forEachPart(atMost: maxOutputs / panelWidth) { panel, panels in
        let n = panel * panelWidth
        let depth = min(panels * panelWidth, outputs - n)
        let panelStride = panels * panelWidth * panelWidth
        var k = inputs.lowerBound
        while k < inputs.lowerBound + wholeInputs {
          let group = min(inputGroup, (inputs.lowerBound + wholeInputs - k) / panelWidth)
          for p in 0..<panels {
            for i in 0..<group {
              transposeSquare(
                from: w + ((panel + p) * totalInputs + k + i * panelWidth) * panelWidth,
                to: turned + i * panelStride + p * panelWidth * panelWidth)
            }
          }
          forwardTile(
            x: dy + row * ldy + n, ldx: ldy, rows: rowCount, depth: depth, w: turned,
            panelStride: panelStride, panels: group, bias: nil, resume: accumulate || n > 0,
            y: dx + row * ldx + k, ldy: ldx)
          k += group * panelWidth
        }
      }
    }
    if edge > 0 {
      inputGradientEdge(
        dy: dy, ldy: ldy, rows: rows, outputs: outputs, w: w, totalInputs: totalInputs,
        input: inputs.lowerBound + wholeInputs, count: edge, turned: turned, dx: dx, ldx: ldx,
        accumulate: accumulate)
    }
  }
}

/// Outputs of a transposed block, and how many panels of inputs are transposed together (their weights
/// lie side by side).
private let maxOutputs = 320
private let inputGroup = 2

/// The last inputs, fewer than 16: computed in a buffer of whole panels, so that dx is written no
/// further than asked.
@inline(never)
private func inputGradientEdge(
  dy: UnsafePointer<Float>, ldy: Int, rows: Range<Int>, outputs: Int,
  w: UnsafePointer<Float>, totalInputs: Int, input: Int, count: Int,
  turned: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>, ldx: Int, accumulate: Bool
) {
  let sums = UnsafeMutablePointer<Float>.allocate(capacity: rows.count * panelWidth)
  defer { sums.deallocate() }
  for i in 0..<rows.count * panelWidth { sums[i] = 0 }
  if accumulate {
    for r in 0..<rows.count {
      for j in 0..<count { sums[r * panelWidth + j] = dx[(rows.lowerBound + r) * ldx + input + j] }
    }
  }
  var n = 0
  while n < outputs {
    let depth = min(maxOutputs, outputs - n)
    for p in n / panelWidth..<panelCount(n + depth) {
      for j in 0..<panelWidth {
        let column = turned + (p * panelWidth - n + j) * panelWidth
        for i in 0..<panelWidth {
          column[i] = i < count ? w[(p * totalInputs + input + i) * panelWidth + j] : 0
        }
      }
    }
    forwardTile(
      x: dy + rows.lowerBound * ldy + n, ldx: ldy, rows: rows.count, depth: depth, w: turned,
      panelStride: 0, panels: 1, bias: nil, resume: true, y: sums, ldy: panelWidth)
    n += depth
  }
  for r in 0..<rows.count {
    for j in 0..<count { dx[(rows.lowerBound + r) * ldx + input + j] = sums[r * panelWidth + j] }
  }
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
