import KernelInterface

extension Level {
  /// See `LossLevel`.
  public static func softmax(
    z: UnsafePointer<Float>, ldz: Int, p: UnsafeMutablePointer<Float>, ldp: Int, rows: Int, classes: Int
  ) {
    for r in 0..<rows {
      let row = z + r * ldz
      let out = p + r * ldp
      let sum = exponentials(row, max: rowMax(row, classes), count: classes, to: out)
      scaleRow(out, by: 1 / sum, count: classes)
    }
  }

  /// See `LossLevel`.
  public static func logSoftmax(
    z: UnsafePointer<Float>, ldz: Int, y: UnsafeMutablePointer<Float>, ldy: Int, rows: Int, classes: Int
  ) {
    for r in 0..<rows {
      let row = z + r * ldz
      let out = y + r * ldy
      let peak = rowMax(row, classes)
      let logSum = Float(logOfSum(exponentials(row, max: peak, count: classes, to: nil)))
      forEachLanes(classes) { c, keep in
        store(keep(load(row + c) - Lanes(repeating: peak) - Lanes(repeating: logSum)), out + c)
      }
      clearPadding(out, classes)
    }
  }
}

/// Calls body with the first column of every vector of a row, and a function that zeroes the lanes at
/// and after column `count`.
@inline(__always)
func forEachLanes(_ count: Int, _ body: (_ column: Int, _ keep: (Lanes) -> Lanes) -> Void) {
  let whole = count / Lanes.scalarCount * Lanes.scalarCount
  var c = 0
  while c < whole {
    body(c, { $0 })
    c += Lanes.scalarCount
  }
  if c < count { body(c, { keepFirst(count - c, $0) }) }
}

/// Zeroes the padding lanes after the vector that holds a row's last column, up to a multiple of 16.
@inline(__always)
func clearPadding(_ row: UnsafeMutablePointer<Float>, _ count: Int) {
  let end = panelCount(count) * panelWidth
  var c = (count + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount
  while c < end {
    store(Lanes(), row + c)
    c += Lanes.scalarCount
  }
}

/// The largest of a row's elements.
@inline(__always)
func rowMax(_ row: UnsafePointer<Float>, _ count: Int) -> Float {
  var peak = Lanes(repeating: -.infinity)
  let whole = count / Lanes.scalarCount * Lanes.scalarCount
  var c = 0
  while c < whole {
    peak = larger(peak, load(row + c))
    c += Lanes.scalarCount
  }
  if c < count { peak = larger(peak, keepFirst(count - c, load(row + c), fill: -.infinity)) }
  return horizontalMax(peak)
}

/// e^(z − max) of a row into `to` (if not nil), zero in its padding lanes; returns their sum.
@inline(__always)
func exponentials(
  _ row: UnsafePointer<Float>, max: Float, count: Int, to: UnsafeMutablePointer<Float>?
) -> Float {
  var sum = Lanes()
  forEachLanes(count) { c, keep in
    let e = keep(vectorExpNegative(load(row + c) - Lanes(repeating: max)))
    if let to { store(e, to + c) }
    sum += e
  }
  if let to { clearPadding(to, count) }
  return horizontalSum(sum)
}

/// row[c] *= factor
@inline(__always)
func scaleRow(_ row: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
  var c = 0
  while c < count {
    store(load(row + c) * factor, row + c)
    c += Lanes.scalarCount
  }
}
