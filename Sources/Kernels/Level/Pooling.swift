import KernelInterface

extension Level {
  /// See `PoolingLevel`.
  public static func maximumPool(_ grid: PoolingGrid, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
    forEachWindow(grid) { rows, columns, output, c, count in
      var largest = Wide(repeating: -.infinity)
      for row in rows {
        for column in columns {
          let v = loadPart(count, x + (row * grid.width + column) * grid.channels + c)
          // NaN is taken over, and kept.
          largest = largest.replacing(with: v, where: (v .> largest) .| (v .!= v))
        }
      }
      storeLanes(count, largest, y + output + c)
    }
  }

  /// See `PoolingLevel`.
  public static func maximumPoolGradient(
    _ grid: PoolingGrid, x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>
  ) {
    dx.update(repeating: 0, count: grid.height * grid.width * grid.channels)
    forEachWindow(grid) { rows, columns, output, c, count in
      let largest = loadPart(count, y + output + c)
      // What is left of the slope: nothing, once the first largest value has had it.
      var slope = loadPart(count, dy + output + c)
      for row in rows {
        for column in columns {
          let at = (row * grid.width + column) * grid.channels + c
          let isFirst = loadPart(count, x + at) .== largest
          let taken = Wide().replacing(with: slope, where: isFirst)
          storeLanes(count, loadPart(count, UnsafePointer(dx) + at) + taken, dx + at)
          slope = slope.replacing(with: 0, where: isFirst)
        }
      }
    }
  }

  /// See `PoolingLevel`.
  public static func sumPool(
    _ grid: PoolingGrid, scale: Float, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>
  ) {
    forEachWindow(grid) { rows, columns, output, c, count in
      var sum = Wide()
      for row in rows {
        for column in columns { sum += loadPart(count, x + (row * grid.width + column) * grid.channels + c) }
      }
      storeLanes(count, sum * Wide(repeating: scale), y + output + c)
    }
  }

  /// See `PoolingLevel`.
  public static func sumPoolGradient(
    _ grid: PoolingGrid, scale: Float, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    dx.update(repeating: 0, count: grid.height * grid.width * grid.channels)
    forEachWindow(grid) { rows, columns, output, c, count in
      let slope = loadPart(count, dy + output + c) * Wide(repeating: scale)
      for row in rows {
        for column in columns {
          let at = (row * grid.width + column) * grid.channels + c
          storeLanes(count, loadPart(count, UnsafePointer(dx) + at) + slope, dx + at)
        }
      }
    }
  }
}

/// Calls body for each window and each 16 channels: rows and columns of the image, the window's place in the output, the
/// first channel and the number of channels.
@inline(__always)
private func forEachWindow(
  _ grid: PoolingGrid,
  _ body: (_ rows: Range<Int>, _ columns: Range<Int>, _ output: Int, _ c: Int, _ count: Int) -> Void
) {
  for row in 0..<grid.outputHeight {
    let rows = grid.rows(row)
    for column in 0..<grid.outputWidth {
      let columns = grid.columns(column)
      let output = (row * grid.outputWidth + column) * grid.channels
      for c in stride(from: 0, to: grid.channels, by: panelWidth) {
        body(rows, columns, output, c, grid.channels - c)
      }
    }
  }
}

/// The first `count` lanes from memory, the others 0.
@inline(__always)
func loadPart(_ count: Int, _ p: UnsafePointer<Float>) -> Wide {
  if count >= panelWidth { return load(p, as: Wide.self) }
  var v = Wide()
  for i in 0..<count { v[i] = p[i] }
  return v
}

/// Stores the first `count` lanes, all from 16 on.
@inline(__always)
func storeLanes(_ count: Int, _ v: Wide, _ p: UnsafeMutablePointer<Float>) {
  if count >= panelWidth { store(v, p) } else { storePart(count, v, p) }
}
