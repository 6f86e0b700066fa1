import KernelInterface

extension Level {
  /// See `WinogradLevel`.
  public static func winogradInput(
    x: UnsafePointer<Float>, rowStep: Int, channels: Int, tileRows: Int, tileColumns: Int,
    v: UnsafeMutablePointer<Float>, step: Int
  ) {
    forEachSquare(tileRows, tileColumns, channels) { row, column, c, place in
      let corner = x + row * rowStep + column * channels + c
      var columns = Square()
      for j in 0..<6 {
        var d = Six(repeating: Wide())
        for i in 0..<6 { d[i] = load(corner + i * rowStep + j * channels, as: Wide.self) }
        let t = timesB(d)
        for i in 0..<6 { columns[i, j] = t[i] }
      }
      for i in 0..<6 {
        let t = timesB(columns[row: i])
        for j in 0..<6 { store(t[j], v + (i * 6 + j) * step + place) }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradOutput(
    m: UnsafePointer<Float>, step: Int, outputs: Int, tileRows: Int, tileColumns: Int, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, height: Int, width: Int
  ) {
    forEachSquare(tileRows, tileColumns, outputs) { row, column, c, place in
      var columns = Square()
      for j in 0..<6 {
        var d = Six(repeating: Wide())
        for i in 0..<6 { d[i] = load(m + (i * 6 + j) * step + place, as: Wide.self) }
        let t = timesA(d)
        for i in 0..<4 { columns[i, j] = t[i] }
      }
      let start = bias.map { load($0 + c, as: Wide.self) } ?? Wide()
      for i in 0..<min(4, height - row) {
        let t = timesA(columns[row: i])
        let out = y + ((row + i) * width + column) * outputs + c
        for j in 0..<min(4, width - column) { store(t[j] + start, out + j * outputs) }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradOutputGradient(
    dy: UnsafePointer<Float>, height: Int, width: Int, outputs: Int, tileRows: Int, tileColumns: Int,
    m: UnsafeMutablePointer<Float>, step: Int
  ) {
    forEachSquare(tileRows, tileColumns, outputs) { row, column, c, place in
      let corner = dy + (row * width + column) * outputs + c
      let (rows, count) = (min(4, height - row), min(4, width - column))
      var columns = Square()
      for j in 0..<count {
        var d = Six(repeating: Wide())
        for i in 0..<rows { d[i] = load(corner + (i * width + j) * outputs, as: Wide.self) }
        let t = timesATransposed(d)
        for i in 0..<6 { columns[i, j] = t[i] }
      }
      for i in 0..<6 {
        let t = timesATransposed(columns[row: i])
        for j in 0..<6 { store(t[j], m + (i * 6 + j) * step + place) }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradWeights(
    w: UnsafePointer<Float>, panels: Int, channels: Int, u: UnsafeMutablePointer<Float>, step: Int
  ) {
    for p in 0..<panels {
      for c in 0..<channels {
        var columns = Square()
        for j in 0..<3 {
          var g = Six(repeating: Wide())
          for i in 0..<3 { g[i] = load(w + ((p * 9 + i * 3 + j) * channels + c) * panelWidth, as: Wide.self) }
          let t = timesG(g)
          for i in 0..<6 { columns[i, j] = t[i] }
        }
        for i in 0..<6 {
          let t = timesG(columns[row: i])
          for j in 0..<6 { store(t[j], u + (i * 6 + j) * step + (p * channels + c) * panelWidth) }
        }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradWeightGradient(
    du: UnsafePointer<Float>, step: Int, panels: Int, channels: Int, dw: UnsafeMutablePointer<Float>
  ) {
    for p in 0..<panels {
      for c in 0..<channels {
        var columns = Square()
        for j in 0..<6 {
          var d = Six(repeating: Wide())
          for i in 0..<6 { d[i] = load(du + (i * 6 + j) * step + (p * channels + c) * panelWidth, as: Wide.self) }
          let t = timesGTransposed(d)
          for i in 0..<3 { columns[i, j] = t[i] }
        }
        for i in 0..<3 {
          let t = timesGTransposed(columns[row: i])
          for j in 0..<3 {
            let out = dw + ((p * 9 + i * 3 + j) * channels + c) * panelWidth
            store(load(UnsafePointer(out), as: Wide.self) + t[j], out)
          }
        }
      }
    }
  }
}

private typealias Six = InlineArray<6, Wide>

/// 6×6 vectors.
private struct Square {
  private var values = InlineArray<36, Wide>(repeating: Wide())

  subscript(i: Int, j: Int) -> Wide {
    @inline(__always) get { values[i * 6 + j] }
    @inline(__always) set { values[i * 6 + j] = newValue }
  }

  subscript(row i: Int) -> Six {
    @inline(__always) get {
      var row = Six(repeating: Wide())
      for j in 0..<6 { row[j] = values[i * 6 + j] }
      return row
    }
  }
}

/// Calls body for each square and 16 channels: its first row and column, the first channel, and its place among all
/// numbers of one ξ.
@inline(__always)
private func forEachSquare(
  _ tileRows: Int, _ tileColumns: Int, _ channels: Int,
  _ body: (_ row: Int, _ column: Int, _ c: Int, _ place: Int) -> Void
) {
  for i in 0..<tileRows {
    for j in 0..<tileColumns {
      for c in stride(from: 0, to: channels, by: panelWidth) {
        body(4 * i, 4 * j, c, (i * tileColumns + j) * channels + c)
      }
    }
  }
}

@inline(__always)
private func times(_ factor: Float, _ v: Wide) -> Wide { v * Wide(repeating: factor) }

@inline(__always)
private func add(_ sum: Wide, _ factor: Float, _ v: Wide) -> Wide { multiplyAdd(sum, Wide(repeating: factor), v) }

/// Bᵀ·d, with Bᵀ = [4 0 −5 0 1 0; 0 −4 −4 1 1 0; 0 4 −4 −1 1 0; 0 −2 −1 2 1 0; 0 2 −1 −2 1 0; 0 4 0 −5 0 1].
@inline(__always)
private func timesB(_ d: Six) -> Six {
  let (even, odd) = (add(d[4], -4, d[2]), add(d[3], -4, d[1]))
  let (wide, steep) = (d[4] - d[2], times(2, d[3] - d[1]))
  return [
    add(add(d[4], -5, d[2]), 4, d[0]), even + odd, even - odd, wide + steep, wide - steep,
    add(add(d[5], -5, d[3]), 4, d[1]),
  ]
}

/// Aᵀ·m, with Aᵀ = [1 1 1 1 1 0; 0 1 −1 2 −2 0; 0 1 1 4 4 0; 0 1 −1 8 −8 1]; the last two are nothing.
@inline(__always)
private func timesA(_ m: Six) -> Six {
  let (near, nearSlope) = (m[1] + m[2], m[1] - m[2])
  let (far, farSlope) = (m[3] + m[4], m[3] - m[4])
  return [
    m[0] + near + far, add(nearSlope, 2, farSlope), add(near, 4, far), add(nearSlope, 8, farSlope) + m[5], Wide(),
    Wide(),
  ]
}

/// A·y of the first four.
@inline(__always)
private func timesATransposed(_ y: Six) -> Six {
  let (even, odd) = (y[0] + y[2], y[1] + y[3])
  let (farEven, farOdd) = (add(y[0], 4, y[2]), times(2, add(y[1], 4, y[3])))
  return [y[0], even + odd, even - odd, farEven + farOdd, farEven - farOdd, y[3]]
}

/// G·g of the first three, with
/// G = [1/4 0 0; −1/6 −1/6 −1/6; −1/6 1/6 −1/6; 1/24 1/12 1/6; 1/24 −1/12 1/6; 0 0 1].
@inline(__always)
private func timesG(_ g: Six) -> Six {
  let (even, odd) = (times(-1 / 6, g[0] + g[2]), times(-1 / 6, g[1]))
  let (farEven, farOdd) = (add(times(1 / 24, g[0]), 1 / 6, g[2]), times(1 / 12, g[1]))
  return [times(1 / 4, g[0]), even + odd, even - odd, farEven + farOdd, farEven - farOdd, g[2]]
}

/// Gᵀ·u; the last three are nothing.
@inline(__always)
private func timesGTransposed(_ u: Six) -> Six {
  let (near, nearSlope) = (u[1] + u[2], u[1] - u[2])
  let (far, farSlope) = (u[3] + u[4], u[3] - u[4])
  return [
    add(add(times(1 / 4, u[0]), -1 / 6, near), 1 / 24, far), add(times(1 / 12, farSlope), -1 / 6, nearSlope),
    add(add(u[5], -1 / 6, near), 1 / 6, far), Wide(), Wide(), Wide(),
  ]
}
