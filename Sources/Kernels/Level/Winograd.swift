import KernelInterface

extension Level {
  /// See `WinogradLevel`.
  public static func winogradInput(
    x: UnsafePointer<Float>, rowStep: Int, channels: Int, tileRows: Int, tileColumns: Int,
    v: UnsafeMutablePointer<Float>, step: Int
  ) {
    withSquare { square in
      forEachSquare(tileRows, tileColumns, channels) { row, column, c, place in
        let corner = x + row * rowStep + column * channels + c
        for j in 0..<6 { put(timesB(six(corner + j * channels, rowStep)), square + j * panelWidth, 6 * panelWidth) }
        for i in 0..<6 {
          put(timesB(six(square + i * 6 * panelWidth, panelWidth)), v + i * 6 * step + place, step)
        }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradOutput(
    m: UnsafePointer<Float>, step: Int, outputs: Int, tileRows: Int, tileColumns: Int, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, rowStep: Int
  ) {
    withSquare { square in
      forEachSquare(tileRows, tileColumns, outputs) { row, column, c, place in
        for j in 0..<6 {
          put(timesA(six(m + j * step + place, 6 * step)), square + j * panelWidth, 6 * panelWidth)
        }
        let start = bias.map { load($0 + c, as: Wide.self) } ?? Wide()
        let corner = y + row * rowStep + column * outputs + c
        for i in 0..<4 {
          let t = timesA(six(square + i * 6 * panelWidth, panelWidth))
          put((t.0 + start, t.1 + start, t.2 + start, t.3 + start), corner + i * rowStep, outputs)
        }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradOutputGradient(
    dy: UnsafePointer<Float>, rowStep: Int, outputs: Int, tileRows: Int, tileColumns: Int,
    m: UnsafeMutablePointer<Float>, step: Int
  ) {
    withSquare { square in
      forEachSquare(tileRows, tileColumns, outputs) { row, column, c, place in
        let corner = dy + row * rowStep + column * outputs + c
        for j in 0..<4 {
          put(timesATransposed(four(corner + j * outputs, rowStep)), square + j * panelWidth, 6 * panelWidth)
        }
        for i in 0..<6 {
          put(timesATransposed(four(square + i * 6 * panelWidth, panelWidth)), m + i * 6 * step + place, step)
        }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradWeights(
    w: UnsafePointer<Float>, panels: Int, channels: Int, u: UnsafeMutablePointer<Float>, step: Int
  ) {
    let tap = channels * panelWidth
    withSquare { square in
      for k in 0..<panels * channels {
        let first = w + (k / channels * 9 * channels + k % channels) * panelWidth
        for j in 0..<3 { put(timesG(three(first + j * tap, 3 * tap)), square + j * panelWidth, 6 * panelWidth) }
        for i in 0..<6 {
          put(timesG(three(square + i * 6 * panelWidth, panelWidth)), u + i * 6 * step + k * panelWidth, step)
        }
      }
    }
  }

  /// See `WinogradLevel`.
  public static func winogradWeightGradient(
    du: UnsafePointer<Float>, step: Int, panels: Int, channels: Int, dw: UnsafeMutablePointer<Float>
  ) {
    let tap = channels * panelWidth
    withSquare { square in
      for k in 0..<panels * channels {
        for j in 0..<6 {
          let t = timesGTransposed(six(du + j * step + k * panelWidth, 6 * step))
          store(t.0, square + j * panelWidth)
          store(t.1, square + (6 + j) * panelWidth)
          store(t.2, square + (12 + j) * panelWidth)
        }
        for i in 0..<3 {
          let t = timesGTransposed(six(square + i * 6 * panelWidth, panelWidth))
          let out = dw + ((k / channels * 9 + i * 3) * channels + k % channels) * panelWidth
          store(load(UnsafePointer(out), as: Wide.self) + t.0, out)
          store(load(UnsafePointer(out + tap), as: Wide.self) + t.1, out + tap)
          store(load(UnsafePointer(out + 2 * tap), as: Wide.self) + t.2, out + 2 * tap)
        }
      }
    }
  }
}

private typealias Three = (Wide, Wide, Wide)
private typealias Four = (Wide, Wide, Wide, Wide)
private typealias Six = (Wide, Wide, Wide, Wide, Wide, Wide)

/// Calls body with room for 6×6 vectors, which are more than there are registers.
@inline(__always)
private func withSquare(_ body: (UnsafeMutablePointer<Float>) -> Void) {
  let square = UnsafeMutableRawPointer.allocate(byteCount: 36 * 64, alignment: 64).assumingMemoryBound(to: Float.self)
  defer { UnsafeMutableRawPointer(square).deallocate() }
  body(square)
}

@inline(__always)
private func six(_ p: UnsafePointer<Float>, _ step: Int) -> Six {
  (
    load(p, as: Wide.self), load(p + step, as: Wide.self), load(p + 2 * step, as: Wide.self),
    load(p + 3 * step, as: Wide.self), load(p + 4 * step, as: Wide.self), load(p + 5 * step, as: Wide.self)
  )
}

@inline(__always)
private func three(_ p: UnsafePointer<Float>, _ step: Int) -> Three {
  (load(p, as: Wide.self), load(p + step, as: Wide.self), load(p + 2 * step, as: Wide.self))
}

@inline(__always)
private func four(_ p: UnsafePointer<Float>, _ step: Int) -> Four {
  (
    load(p, as: Wide.self), load(p + step, as: Wide.self), load(p + 2 * step, as: Wide.self),
    load(p + 3 * step, as: Wide.self)
  )
}

@inline(__always)
private func put(_ t: Six, _ p: UnsafeMutablePointer<Float>, _ step: Int) {
  store(t.0, p)
  store(t.1, p + step)
  store(t.2, p + 2 * step)
  store(t.3, p + 3 * step)
  store(t.4, p + 4 * step)
  store(t.5, p + 5 * step)
}

@inline(__always)
private func put(_ t: Four, _ p: UnsafeMutablePointer<Float>, _ step: Int) {
  store(t.0, p)
  store(t.1, p + step)
  store(t.2, p + 2 * step)
  store(t.3, p + 3 * step)
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
  let (even, odd) = (add(d.4, -4, d.2), add(d.3, -4, d.1))
  let (wide, steep) = (d.4 - d.2, times(2, d.3 - d.1))
  return (
    add(add(d.4, -5, d.2), 4, d.0), even + odd, even - odd, wide + steep, wide - steep,
    add(add(d.5, -5, d.3), 4, d.1)
  )
}

/// Aᵀ·m, with Aᵀ = [1 1 1 1 1 0; 0 1 −1 2 −2 0; 0 1 1 4 4 0; 0 1 −1 8 −8 1].
@inline(__always)
private func timesA(_ m: Six) -> Four {
  let (near, nearSlope) = (m.1 + m.2, m.1 - m.2)
  let (far, farSlope) = (m.3 + m.4, m.3 - m.4)
  return (m.0 + near + far, add(nearSlope, 2, farSlope), add(near, 4, far), add(nearSlope, 8, farSlope) + m.5)
}

/// A·y.
@inline(__always)
private func timesATransposed(_ y: Four) -> Six {
  let (even, odd) = (y.0 + y.2, y.1 + y.3)
  let (farEven, farOdd) = (add(y.0, 4, y.2), times(2, add(y.1, 4, y.3)))
  return (y.0, even + odd, even - odd, farEven + farOdd, farEven - farOdd, y.3)
}

/// G·g, with G = [1/4 0 0; −1/6 −1/6 −1/6; −1/6 1/6 −1/6; 1/24 1/12 1/6; 1/24 −1/12 1/6; 0 0 1].
@inline(__always)
private func timesG(_ g: Three) -> Six {
  let (even, odd) = (times(-1 / 6, g.0 + g.2), times(-1 / 6, g.1))
  let (farEven, farOdd) = (add(times(1 / 24, g.0), 1 / 6, g.2), times(1 / 12, g.1))
  return (times(1 / 4, g.0), even + odd, even - odd, farEven + farOdd, farEven - farOdd, g.2)
}

/// Gᵀ·u.
@inline(__always)
private func timesGTransposed(_ u: Six) -> Three {
  let (near, nearSlope) = (u.1 + u.2, u.1 - u.2)
  let (far, farSlope) = (u.3 + u.4, u.3 - u.4)
  return (
    add(add(times(1 / 4, u.0), -1 / 6, near), 1 / 24, far), add(times(1 / 12, farSlope), -1 / 6, nearSlope),
    add(add(u.5, -1 / 6, near), 1 / 6, far)
  )
}
