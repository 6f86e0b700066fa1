import KernelInterface

extension Level {
  /// See `WinogradLevel`.
  public static func winogradInput(
    x: UnsafePointer<Float>, rowStep: Int, channels: Int, tileRows: Int, tileColumns: Int,
    v: UnsafeMutablePointer<Float>, step: Int
  ) {
    // 6×6 vectors are more than there are registers.
    let square = UnsafeMutableRawPointer.allocate(byteCount: 36 * 64, alignment: 64).assumingMemoryBound(to: Float.self)
    defer { UnsafeMutableRawPointer(square).deallocate() }
    forEachSquare(tileRows, tileColumns, channels) { row, column, c, place in
      let corner = x + row * rowStep + column * channels + c
      for j in 0..<6 {
        put(timesB(line(corner + j * channels, rowStep)), square + j * panelWidth, 6 * panelWidth)
      }
      for i in 0..<6 {
        put(timesB(line(square + i * 6 * panelWidth, panelWidth)), v + i * 6 * step + place, step)
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradOutput(
    m: UnsafePointer<Float>, step: Int, outputs: Int, tileRows: Int, tileColumns: Int, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, rowStep: Int
  ) {
    forEachSquare(tileRows, tileColumns, outputs) { row, column, c, place in
      let start = bias.map { load($0 + c, as: Wide.self) } ?? Wide()
      let corner = y + row * rowStep + column * outputs + c
      bothWays(timesA) {
        line(m + $0 * step + place, 6 * step)
      } put: {
        put([$1[0] + start, $1[1] + start, $1[2] + start, $1[3] + start], corner + $0 * rowStep, outputs)
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradOutputGradient(
    dy: UnsafePointer<Float>, rowStep: Int, outputs: Int, tileRows: Int, tileColumns: Int,
    m: UnsafeMutablePointer<Float>, step: Int
  ) {
    forEachSquare(tileRows, tileColumns, outputs) { row, column, c, place in
      let corner = dy + row * rowStep + column * outputs + c
      bothWays(timesATransposed) {
        line(corner + $0 * outputs, rowStep)
      } put: {
        put($1, m + $0 * 6 * step + place, step)
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradWeights(
    w: UnsafePointer<Float>, panels: Int, channels: Int, u: UnsafeMutablePointer<Float>, step: Int
  ) {
    let tap = channels * panelWidth
    for k in 0..<panels * channels {
      let first = w + (k / channels * 9 * channels + k % channels) * panelWidth
      bothWays(timesG) {
        line(first + $0 * tap, 3 * tap)
      } put: {
        put($1, u + $0 * 6 * step + k * panelWidth, step)
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradWeightGradient(
    du: UnsafePointer<Float>, step: Int, panels: Int, channels: Int, dw: UnsafeMutablePointer<Float>
  ) {
    let tap = channels * panelWidth
    for k in 0..<panels * channels {
      let first = dw + (k / channels * 9 * channels + k % channels) * panelWidth
      bothWays(timesGTransposed) {
        line(du + $0 * step + k * panelWidth, 6 * step)
      } put: { i, sums in
        let out = first + i * 3 * tap
        let held: Line<3> = line(UnsafePointer(out), tap)
        put([held[0] + sums[0], held[1] + sums[1], held[2] + sums[2]], out, tap)
      }
    }
  }
}

/// Vectors of a row or column of a square.
private typealias Line<let N: Int> = InlineArray<N, Wide>

@inline(__always)
private func line<let N: Int>(_ p: UnsafePointer<Float>, _ step: Int) -> Line<N> {
  Line<N> { load(p + $0 * step, as: Wide.self) }
}

@inline(__always)
private func put<let N: Int>(_ line: Line<N>, _ p: UnsafeMutablePointer<Float>, _ step: Int) {
  for i in 0..<N { store(line[i], p + i * step) }
}

/// T·d·Tᵀ of a square d of M columns: each column is turned, then each of the rows they make. What is between them stays in
/// registers, of which there are enough for 24 vectors: stores cost most here.
@inline(__always)
private func bothWays<let M: Int, let N: Int>(
  _ turn: (Line<M>) -> Line<N>, column: (Int) -> Line<M>, put: (Int, Line<N>) -> Void
) {
  var rows = InlineArray<N, Line<M>>(repeating: Line<M>(repeating: Wide()))
  for j in 0..<M {
    let turned = turn(column(j))
    for i in 0..<N { rows[i][j] = turned[i] }
  }
  for i in 0..<N { put(i, turn(rows[i])) }
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
private func timesB(_ d: Line<6>) -> Line<6> {
  let (even, odd) = (add(d[4], -4, d[2]), add(d[3], -4, d[1]))
  let (wide, steep) = (d[4] - d[2], times(2, d[3] - d[1]))
  return [
    add(add(d[4], -5, d[2]), 4, d[0]), even + odd, even - odd, wide + steep, wide - steep,
    add(add(d[5], -5, d[3]), 4, d[1]),
  ]
}

/// Aᵀ·m, with Aᵀ = [1 1 1 1 1 0; 0 1 −1 2 −2 0; 0 1 1 4 4 0; 0 1 −1 8 −8 1].
@inline(__always)
private func timesA(_ m: Line<6>) -> Line<4> {
  let (near, nearSlope) = (m[1] + m[2], m[1] - m[2])
  let (far, farSlope) = (m[3] + m[4], m[3] - m[4])
  return [m[0] + near + far, add(nearSlope, 2, farSlope), add(near, 4, far), add(nearSlope, 8, farSlope) + m[5]]
}

/// A·y.
@inline(__always)
private func timesATransposed(_ y: Line<4>) -> Line<6> {
  let (even, odd) = (y[0] + y[2], y[1] + y[3])
  let (farEven, farOdd) = (add(y[0], 4, y[2]), times(2, add(y[1], 4, y[3])))
  return [y[0], even + odd, even - odd, farEven + farOdd, farEven - farOdd, y[3]]
}

/// G·g, with G = [1/4 0 0; −1/6 −1/6 −1/6; −1/6 1/6 −1/6; 1/24 1/12 1/6; 1/24 −1/12 1/6; 0 0 1].
@inline(__always)
private func timesG(_ g: Line<3>) -> Line<6> {
  let (even, odd) = (times(-1 / 6, g[0] + g[2]), times(-1 / 6, g[1]))
  let (farEven, farOdd) = (add(times(1 / 24, g[0]), 1 / 6, g[2]), times(1 / 12, g[1]))
  return [times(1 / 4, g[0]), even + odd, even - odd, farEven + farOdd, farEven - farOdd, g[2]]
}

/// Gᵀ·u.
@inline(__always)
private func timesGTransposed(_ u: Line<6>) -> Line<3> {
  let (near, nearSlope) = (u[1] + u[2], u[1] - u[2])
  let (far, farSlope) = (u[3] + u[4], u[3] - u[4])
  return [
    add(add(times(1 / 4, u[0]), -1 / 6, near), 1 / 24, far), add(times(1 / 12, farSlope), -1 / 6, nearSlope),
    add(add(u[5], -1 / 6, near), 1 / 6, far),
  ]
}
