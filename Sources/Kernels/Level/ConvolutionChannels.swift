import KernelInterface

extension Level {
  /// See `ConvolutionLevel`.
  public static func convolveChannels(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, w: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    channels: Int,
    y: UnsafeMutablePointer<Float>
  ) {
    let taps = grid.tapRows * grid.tapColumns
    for p in 0..<panelCount(channels) {
      let lanes = min(panelWidth, channels - p * panelWidth)
      let start = bias.map { load($0 + p * panelWidth, as: Wide.self) } ?? Wide()
      for row in 0..<grid.rows {
        for column in 0..<grid.columns {
          let input = x + row * grid.inputRowStep + column * grid.inputStep + p * panelWidth
          var weights = w + p * taps * panelWidth
          var sum = start
          for tapRow in 0..<grid.tapRows {
            for tapColumn in 0..<grid.tapColumns {
              let tap = input + tapRow * grid.tapRowStep + tapColumn * grid.tapColumnStep
              sum = multiplyAdd(sum, load(tap, as: Wide.self), load(weights, as: Wide.self))
              weights += panelWidth
            }
          }
          let out = y + row * grid.outputRowStep + column * grid.outputStep + p * panelWidth
          if lanes < panelWidth { storePart(lanes, sum, out) } else { store(sum, out) }
        }
      }
    }
  }

  /// See `ConvolutionLevel`.
  public static func convolveChannelsWeightGradient(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, channels: Int,
    dw: UnsafeMutablePointer<Float>
  ) {
    let taps = grid.tapRows * grid.tapColumns
    for p in 0..<panelCount(channels) {
      for tapRow in 0..<grid.tapRows {
        for tapColumn in 0..<grid.tapColumns {
          let input = x + tapRow * grid.tapRowStep + tapColumn * grid.tapColumnStep + p * panelWidth
          var sum = Wide()
          for row in 0..<grid.rows {
            for column in 0..<grid.columns {
              let value = load(input + row * grid.inputRowStep + column * grid.inputStep, as: Wide.self)
              let slope = load(
                dy + row * grid.outputRowStep + column * grid.outputStep + p * panelWidth, as: Wide.self)
              sum = multiplyAdd(sum, value, slope)
            }
          }
          let out = dw + (p * taps + tapRow * grid.tapColumns + tapColumn) * panelWidth
          store(keepLanes(channels - p * panelWidth, load(UnsafePointer(out), as: Wide.self) + sum), out)
        }
      }
    }
  }
}
