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
    // end, for all panels together: that takes longer than all the rest of an input's panel.
    let partInputs = 128
    let space = UnsafeMutablePointer<Float>.allocate(capacity: 3 * partInputs * panelWidth)
    defer { space.deallocate() }
    let (products, scaleLanes) = (space, space + partInputs * panelWidth)
    let shiftLanes = scaleLanes + partInputs * panelWidth
    for start in stride(from: 0, to: totalInputs, by: partInputs) {
      let count = min(partInputs, totalInputs - start)
      scaleLanes.update(repeating: 0, count: 2 * partInputs * panelWidth)
      for p in panels {
        var rowSum = Wide()
        for b in 0..<rows { rowSum += load(dy + b * ldy + p * panelWidth, as: Wide.self) }
        denseWeightGradient(
          x: x + start, ldx: ldx, dy: dy + p * panelWidth, ldy: ldy, rows: rows, totalInputs: count, inputs: 0..<count,
          panels: 0..<1, dw: products, scale: 1, beta: 0)
        for i in 0..<count {
          let at = (p * totalInputs + start + i) * panelWidth
          let product = load(UnsafePointer(products) + i * panelWidth, as: Wide.self)
          let weights = load(w + at, as: Wide.self)
          add(weights * product, to: scaleLanes + i * panelWidth)
          add(weights * rowSum, to: shiftLanes + i * panelWidth)
          let gradient = multiplyAdd(
            rowSum * Wide(repeating: inputShift[start + i]), product, Wide(repeating: inputScale[start + i]))
          let step = gradient * Wide(repeating: scale)
          store(beta == 0 ? step : multiplyAdd(step, load(dw + at, as: Wide.self), Wide(repeating: beta)), dw + at)
        }
      }
      for i in 0..<count {
        scaleSums[start + i] = horizontalSum(load(UnsafePointer(scaleLanes) + i * panelWidth, as: Wide.self))
        shiftSums[start + i] = horizontalSum(load(UnsafePointer(shiftLanes) + i * panelWidth, as: Wide.self))
      }
    }
  }
}

@inline(__always)
private func add(_ lanes: Wide, to sums: UnsafeMutablePointer<Float>) {
  store(load(UnsafePointer(sums), as: Wide.self) + lanes, sums)
}
