extension Image {
  /// The image at another size: the largest part of its middle that has the aspect is taken, and resized.
  ///
  /// A value is the mean of the pixels below a triangle as wide as two pixels of the smaller of both images: bilinear
  /// interpolation where the image grows, without aliasing where it shrinks. First rows, then columns, each in 22-bit
  /// fixed point; to within 1 of 255 what PIL's `ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR)` makes,
  /// which takes columns first where that is quicker.
  func fitted(height: Int, width: Int) -> Image {
    let (ownRatio, ratio) = (Double(self.width) / Double(self.height), Double(width) / Double(height))
    var (boxWidth, boxHeight) = (Double(self.width), Double(self.height))
    if ownRatio > ratio { boxWidth = ratio * boxHeight } else if ownRatio < ratio { boxHeight = boxWidth / ratio }
    let left = (Double(self.width) - boxWidth) * 0.5
    let top = (Double(self.height) - boxHeight) * 0.5
    // The borders are 32-bit floats, as they are there.
    let across = Resampling(self.width, from: Float(left), to: Float(left + boxWidth), count: width)
    let down = Resampling(self.height, from: Float(top), to: Float(top + boxHeight), count: height)
    // Only rows that are looked at are brought to the new width.
    let rows = down.taps.reduce(0..<0) {
      $0.isEmpty ? $1.range : $0.lowerBound..<max($0.upperBound, $1.range.upperBound)
    }
    var narrowed: [UInt8] = []
    narrowed.reserveCapacity(rows.count * width * channels)
    for row in rows {
      for tap in across.taps {
        for channel in 0..<channels {
          narrowed.append(tap.value { pixels[(row * self.width + $0) * channels + channel] })
        }
      }
    }
    var values: [UInt8] = []
    values.reserveCapacity(height * width * channels)
    for tap in down.taps {
      for column in 0..<width * channels {
        values.append(tap.value { narrowed[($0 - rows.lowerBound) * width * channels + column] })
      }
    }
    return Image(height: height, width: width, channels: channels, pixels: values, isTransparent: isTransparent)
  }
}

/// How the values of a line are made from those of a longer or shorter one (PIL's Resample.c).
private struct Resampling {
  /// The values that one result is the weighted mean of.
  struct Tap {
    let range: Range<Int>
    let weights: [Int]

    func value(_ at: (Int) -> UInt8) -> UInt8 {
      var sum = 1 << (Resampling.precision - 1)
      for (weight, i) in zip(weights, range) { sum += weight * Int(at(i)) }
      return UInt8(clamping: sum >> Resampling.precision)
    }
  }

  /// Bits of a weight behind the point.
  static let precision = 22
  private(set) var taps: [Tap] = []

  /// `count` values of the part from `start` to `end` of a line of `size` values.
  init(_ size: Int, from start: Float, to end: Float, count: Int) {
    let scale = Double(end - start) / Double(count)
    let support = max(scale, 1)
    for i in 0..<count {
      let center = Double(start) + (Double(i) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let last = min(size, Int(center + support + 0.5))
      let weights = (first..<last).map { max(0, 1 - abs((Double($0) - center + 0.5) / support)) }
      let sum = weights.reduce(0, +)
      taps.append(
        Tap(range: first..<last, weights: weights.map { Int($0 / sum * Double(1 << Resampling.precision) + 0.5) }))
    }
  }
}
