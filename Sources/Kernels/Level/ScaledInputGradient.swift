import KernelInterface

extension Level {
  /// See `DenseLevel`.
  public static func denseScaledInputGradients(
    x: UnsafePointer<Float>, ldx: Int, inputScale: UnsafePointer<Float>, inputShift: UnsafePointer<Float>,
    dy: UnsafePointer<Float>, ldy: Int, rows: Int, totalInputs: Int, panels: Range<Int>,
    w: UnsafePointer<Float>, dw: UnsafeMutablePointer<Float>, scale: Float, beta: Float,
    scaleSums: UnsafeMutablePointer<Float>, shiftSums: UnsafeMutablePointer<Float>
  ) {
    // So many inputs of a panel of G, and the sums of as many, stay in the first-level cache. Lanes are added up at the
    // end, for all panels together: that takes as long as all the rest of an input's panel.
    let partInputs = 128
    let space = UnsafeMutablePointer<Float>.allocate(capacity: (3 * partInputs + panelWidth) * panelWidth)
    defer { space.deallocate() }
    let (products, scaleLanes) = (space, space + partInputs * panelWidth)
    let shiftLanes = scaleLanes + partInputs * panelWidth
    let square = shiftLanes + partInputs * panelWidth
    for start in stride(from: 0, to: totalInputs, by: partInputs) {
      let count = min(partInputs, totalInputs - start)
      scaleLanes.update(repeating: 0, count: 2 * partInputs * panelWidth)
      for p in panels {
        var rowSum = Wide()
        for b in 0..<rows { rowSum += load(dy + b * ldy + p * panelWidth, as: Wide.self) }
        denseWeightGradient(
          x: x + start, ldx: ldx, dy: dy + p * panelWidth, ldy: ldy, rows: rows, totalInputs: count, inputs: 0..<count,
          panels: 0..<1, dw: products, scale: 1, beta: 0)
        @inline(__always)
        func step(_ change: (_ gradient: Wide, _ at: Int) -> Wide) {
          for i in 0..<count {
            let at = (p * totalInputs + start + i) * panelWidth
            let product = load(UnsafePointer(products) + i * panelWidth, as: Wide.self)
            let weights = load(w + at, as: Wide.self)
            add(weights * product, to: scaleLanes + i * panelWidth)
            add(weights * rowSum, to: shiftLanes + i * panelWidth)
            let gradient = multiplyAdd(
              rowSum * Wide(repeating: inputShift[start + i]), product, Wide(repeating: inputScale[start + i]))
            store(change(gradient, at), dw + at)
          }
        }
        let factor = Wide(repeating: scale)
        if beta == 0 {
          step { gradient, _ in gradient * factor }
        } else {
          let kept = Wide(repeating: beta)
          step { gradient, at in multiplyAdd(gradient * factor, load(dw + at, as: Wide.self), kept) }
        }
      }
      sumLanes(scaleLanes, count, by: square, to: scaleSums + start)
      sumLanes(shiftLanes, count, by: square, to: shiftSums + start)
    }
  }
}

@inline(__always)
private func add(_ lanes: Wide, to sums: UnsafeMutablePointer<Float>) {
  store(load(UnsafePointer(sums), as: Wide.self) + lanes, sums)
}

/// to[i] = the sum of the 16 lanes of vector i, for 16 vectors at a time; those up to the next multiple of 16 are read too.
@inline(__always)
private func sumLanes(
  _ lanes: UnsafePointer<Float>, _ count: Int, by square: UnsafeMutablePointer<Float>, to: UnsafeMutablePointer<Float>
) {
  for i in stride(from: 0, to: count, by: panelWidth) {
    transposeSquare(from: lanes + i * panelWidth, to: square)
    var sum = Wide()
    for lane in 0..<panelWidth { sum += load(UnsafePointer(square) + lane * panelWidth, as: Wide.self) }
    if count - i >= panelWidth {
      store(sum, to + i)
    } else {
      for j in 0..<count - i { to[i + j] = sum[j] }
    }
  }
}
