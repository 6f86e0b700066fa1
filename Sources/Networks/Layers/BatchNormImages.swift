import Kernels

/// Sums over images, and what batch normalisation makes of them for each channel.
struct ImageSums {
  /// Two sums of each row's image, [capacity, 2, channels], so that rows are added up in their order.
  let rows: AlignedBuffer<Double>
  /// Factors by channel.
  let scale: AlignedBuffer<Float>
  let slope: AlignedBuffer<Float>
  let shift: AlignedBuffer<Float>
  private let channels: Int

  init(capacity: Int, channels: Int) {
    self.channels = channels
    rows = AlignedBuffer<Double>(count: capacity * 2 * channels)
    let stored = panelCount(channels) * panelWidth
    (scale, slope) = (AlignedBuffer<Float>(count: stored), AlignedBuffer<Float>(count: stored))
    shift = AlignedBuffer<Float>(count: stored)
  }

  /// The place of a row's first or second sums.
  func pointer(atRow row: Int, _ number: Int) -> UnsafeMutablePointer<Double> {
    rows.pointer + (row * 2 + number) * channels
  }

  /// The first or second sum of a channel over the first rows.
  func sum(_ number: Int, channel: Int, rows count: Int) -> Double {
    (0..<count).reduce(0.0) { $0 + pointer(atRow: $1, number)[channel] }
  }
}

/// Batch normalisation of images, [positions, channels] a row: each channel over all positions of all rows.
extension BatchNorm {
  /// Whole rows.
  func imageTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, wholeRows: 16384 / inputCount)
  }

  func addUp(_ pass: Pass, x: Matrix, tile: Tile) {
    for row in tile.rows {
      kernels.channelSums(
        x: x.pointer(atRow: row), positions: positions, channels: channels, sums: images.pointer(atRow: row, 0),
        squares: images.pointer(atRow: row, 1))
    }
  }

  func finishSums(_ pass: Pass) {
    guard positions > 1 else { return }
    if usesBatch(pass) {
      let count = Double(pass.rows * positions)
      for c in 0..<channels {
        let center = images.sum(0, channel: c, rows: pass.rows) / count
        // In Double nothing cancels that Float could tell.
        let spread = max(0, images.sum(1, channel: c, rows: pass.rows) / count - center * center)
        (mean[c], variance[c]) = (Float(center), Float(spread))
        inverseStd[c] = Float(1 / (spread + epsilon).squareRoot())
      }
      moveRunningStatistics(pass.rows * positions, 0..<channels)
    }
    for c in 0..<channels { images.scale[c] = gamma.values[c] * inverseStd[c] }
  }

  func forwardImages(_ pass: Pass, x: Matrix, y: Matrix, rows: Range<Int>) {
    for row in rows {
      kernels.channelAffine(
        x: x.pointer(atRow: row), positions: positions, channels: channels,
        center: (usesBatch(pass) ? mean : runningMean.values).pointer, scale: images.scale.pointer,
        shift: beta.values.pointer, y: y.pointer(atRow: row))
    }
  }

  func addUpGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile) {
    guard positions > 1, usesBatch(pass) else { return }
    for row in tile.rows {
      kernels.channelGradientSums(
        x: x.pointer(atRow: row), dy: dy.pointer(atRow: row), positions: positions, channels: channels,
        center: mean.pointer, sums: images.pointer(atRow: row, 0), products: images.pointer(atRow: row, 1))
    }
  }

  /// Makes the gradients of γ and β, and with x̂ = (x − mean)/√(variance + eps) the factors of
  /// dx = γ/√(variance + eps)·(dy − dβ/n − x̂·dγ/n).
  func finishGradientSums(_ pass: Pass) {
    guard positions > 1, usesBatch(pass) else { return }
    let count = Double(pass.rows * positions)
    for c in 0..<channels {
      let (factor, spread) = (Double(gamma.values[c]) * Double(inverseStd[c]), Double(inverseStd[c]))
      let sum = images.sum(0, channel: c, rows: pass.rows)
      let product = images.sum(1, channel: c, rows: pass.rows) * spread
      if let gradient = gamma.gradient { gradient[c] = Float(product) }
      if let gradient = beta.gradient { gradient[c] = Float(sum) }
      images.slope[c] = Float(-factor * spread * product / count)
      images.shift[c] = Float(-factor * sum / count)
    }
  }

  func imageGradient(_ pass: Pass, x: Matrix, dy: Matrix, rows: Range<Int>) {
    for row in rows {
      let slopes = dy.pointer(atRow: row)
      if usesBatch(pass) {
        kernels.channelGradient(
          x: x.pointer(atRow: row), dy: slopes, positions: positions, channels: channels, center: mean.pointer,
          scale: images.scale.pointer, slope: images.slope.pointer, shift: images.shift.pointer)
      } else {
        kernels.channelAffine(
          x: slopes, positions: positions, channels: channels, center: zeros.pointer, scale: images.scale.pointer,
          shift: zeros.pointer, y: slopes)
      }
    }
  }
}
