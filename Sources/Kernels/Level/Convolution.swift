import KernelInterface

extension Level {
  /// See `ConvolutionLevel`.
  public static func convolve(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, w: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    outputs: Int, y: UnsafeMutablePointer<Float>
  ) {
    // Where sums of a panel that is not full are put first; most calls are too short for memory from elsewhere.
    withUnsafeTemporaryAllocation(of: Wide.self, capacity: maxBlockRows(panels: 1)) { spill in
      guard let spill = spill.baseAddress else { return }
      spill.withMemoryRebound(to: Float.self, capacity: maxBlockRows(panels: 1) * panelWidth) {
        convolve(grid, x: x, w: w, bias: bias, outputs: outputs, y: y, spill: $0)
      }
    }
  }

  @inline(__always)
  private static func convolve(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, w: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    outputs: Int, y: UnsafeMutablePointer<Float>, spill: UnsafeMutablePointer<Float>
  ) {
    let panels = panelCount(outputs)
    for row in 0..<grid.rows {
      let (input, output) = (x + row * grid.inputRowStep, y + row * grid.outputRowStep)
      var p = 0
      while p < panels {
        // Two panels share the loads of x where there are registers for both.
        let group = hasRegistersForTwoPanels && p + 2 <= panels ? 2 : 1
        let lanes = min(panelWidth, outputs - (p + group - 1) * panelWidth)
        (0..<grid.columns).forEachPart(atMost: maxBlockRows(panels: group)) { column, count in
          let work = ForwardWork(
            grid: grid, x: input + column * grid.inputStep, w: w + p * grid.terms * panelWidth,
            bias: bias.map { $0 + p * panelWidth }, lanes: lanes, spill: spill,
            y: output + column * grid.outputStep + p * panelWidth)
          withBlock(rows: count, panels: group, work)
        }
        p += group
      }
    }
  }

  /// See `ConvolutionLevel`.
  public static func convolveWeightGradient(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, outputs: Int, adds: Bool,
    dw: UnsafeMutablePointer<Float>
  ) {
    let panels = panelCount(outputs)
    for tapRow in 0..<grid.tapRows {
      for tapColumn in 0..<grid.tapColumns {
        let input = x + tapRow * grid.tapRowStep + tapColumn * grid.tapColumnStep
        let first = (tapRow * grid.tapColumns + tapColumn) * grid.run
        var p = 0
        while p < panels {
          let group = hasRegistersForTwoPanels && p + 2 <= panels ? 2 : 1
          (0..<grid.run).forEachPart(atMost: maxBlockRows(panels: group)) { k, count in
            let work = GradientWork(
              grid: grid, x: input + k, dy: dy + p * panelWidth, adds: adds,
              dw: dw + (p * grid.terms + first + k) * panelWidth)
            withBlock(rows: count, panels: group, work)
          }
          p += group
        }
      }
    }
    guard outputs % panelWidth != 0 else { return }
    let last = dw + (panels - 1) * grid.terms * panelWidth
    for k in 0..<grid.terms {
      let at = last + k * panelWidth
      store(keepLanes(outputs % panelWidth, load(UnsafePointer(at), as: Wide.self)), at)
    }
  }
}

/// How many rows a block of so many panels holds at most: next to one panel more than `maxBlockRows` where registers are
/// many, for the runs of Winograd's products are short.
@inline(__always)
private func maxBlockRows(panels: Int) -> Int { hasRegistersForTwoPanels && panels == 1 ? 16 : maxBlockRows() }

/// Whether blocks of `maxBlockRows` rows and two panels fit the registers.
private var hasRegistersForTwoPanels: Bool {
  #if LEVEL_V4
    true
  #else
    false
  #endif
}

/// A block of a convolution held in registers: R neighbouring outputs × P panels of 16 lanes.
private struct ConvolutionBlock<let R: Int, let P: Int> {
  typealias Sums = InlineArray<R, InlineArray<P, Wide>>

  @inline(__always)
  static func forward(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, lanes: Int,
    spill: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>
  ) {
    let panelStride = grid.terms * panelWidth
    var sums = Sums(repeating: InlineArray<P, Wide>(repeating: Wide()))
    if let bias {
      for p in 0..<P {
        let start = load(bias + p * panelWidth, as: Wide.self)
        for r in 0..<R { sums[r][p] = start }
      }
    }
    var weights = w
    for tapRow in 0..<grid.tapRows {
      for tapColumn in 0..<grid.tapColumns {
        DenseBlock<R, P>.addProducts(
          &sums, x: x + tapRow * grid.tapRowStep + tapColumn * grid.tapColumnStep, rowStride: grid.inputStep,
          kStride: 1,
          w: weights, panelStride: panelStride, count: grid.run)
        weights += grid.run * panelWidth
      }
    }
    // No loop here may be more than the compiler unrolls: sums in registers have no numbers.
    for r in 0..<R { for p in 0..<P - 1 { store(sums[r][p], y + r * grid.outputStep + p * panelWidth) } }
    let last = y + (P - 1) * panelWidth
    if lanes == panelWidth {
      for r in 0..<R { store(sums[r][P - 1], last + r * grid.outputStep) }
    } else {
      for r in 0..<R { store(sums[r][P - 1], spill + r * panelWidth) }
      for r in 0..<R { (last + r * grid.outputStep).update(from: spill + r * panelWidth, count: lanes) }
    }
  }

  /// dw[r] = Σ x[o + r]·dy[o] over all outputs, or adds that.
  @inline(__always)
  static func gradient(
    _ grid: ConvolutionGrid, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, adds: Bool,
    dw: UnsafeMutablePointer<Float>
  ) {
    var sums = Sums(repeating: InlineArray<P, Wide>(repeating: Wide()))
    for row in 0..<grid.rows {
      var (xo, dyo) = (x + row * grid.inputRowStep, dy + row * grid.outputRowStep)
      for _ in 0..<grid.columns {
        var slopes = InlineArray<P, Wide>(repeating: Wide())
        for p in 0..<P { slopes[p] = load(dyo + p * panelWidth, as: Wide.self) }
        for r in 0..<R {
          let factor = Wide(repeating: xo[r])
          for p in 0..<P { sums[r][p] = multiplyAdd(sums[r][p], factor, slopes[p]) }
        }
        xo += grid.inputStep
        dyo += grid.outputStep
      }
    }
    let panelStride = grid.terms * panelWidth
    guard adds else {
      for p in 0..<P { for r in 0..<R { store(sums[r][p], dw + p * panelStride + r * panelWidth) } }
      return
    }
    for p in 0..<P {
      for r in 0..<R {
        let out = dw + p * panelStride + r * panelWidth
        store(load(UnsafePointer(out), as: Wide.self) + sums[r][p], out)
      }
    }
  }
}

/// What is done with a register block once its size is chosen.
private protocol BlockWork {
  func callAsFunction<let R: Int, let P: Int>(_: ConvolutionBlock<R, P>.Type)
}

/// Makes some outputs (the block's rows) of some panels.
private struct ForwardWork: BlockWork {
  let grid: ConvolutionGrid
  let x: UnsafePointer<Float>
  let w: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let lanes: Int
  let spill: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>

  @inline(__always)
  func callAsFunction<let R: Int, let P: Int>(_: ConvolutionBlock<R, P>.Type) {
    ConvolutionBlock<R, P>.forward(grid, x: x, w: w, bias: bias, lanes: lanes, spill: spill, y: y)
  }
}

/// Makes, or adds to, the gradients between some inputs (the block's rows) and some panels.
private struct GradientWork: BlockWork {
  let grid: ConvolutionGrid
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let adds: Bool
  let dw: UnsafeMutablePointer<Float>

  @inline(__always)
  func callAsFunction<let R: Int, let P: Int>(_: ConvolutionBlock<R, P>.Type) {
    ConvolutionBlock<R, P>.gradient(grid, x: x, dy: dy, adds: adds, dw: dw)
  }
}

/// Chooses the register block for a number of rows and panels.
@inline(__always)
private func withBlock(rows: Int, panels: Int, _ run: some BlockWork) {
  switch (rows, panels) {
  case (1, 1): run(ConvolutionBlock<1, 1>.self)
  case (2, 1): run(ConvolutionBlock<2, 1>.self)
  case (3, 1): run(ConvolutionBlock<3, 1>.self)
  #if !LEVEL_V2
    case (4, 1): run(ConvolutionBlock<4, 1>.self)
    case (5, 1): run(ConvolutionBlock<5, 1>.self)
    case (6, 1): run(ConvolutionBlock<6, 1>.self)
  #endif
  #if LEVEL_V4
    case (7, 1): run(ConvolutionBlock<7, 1>.self)
    case (8, 1): run(ConvolutionBlock<8, 1>.self)
    case (9, 1): run(ConvolutionBlock<9, 1>.self)
    case (10, 1): run(ConvolutionBlock<10, 1>.self)
    case (11, 1): run(ConvolutionBlock<11, 1>.self)
    case (12, 1): run(ConvolutionBlock<12, 1>.self)
    case (13, 1): run(ConvolutionBlock<13, 1>.self)
    case (14, 1): run(ConvolutionBlock<14, 1>.self)
    case (15, 1): run(ConvolutionBlock<15, 1>.self)
    case (16, 1): run(ConvolutionBlock<16, 1>.self)
    case (1, 2): run(ConvolutionBlock<1, 2>.self)
    case (2, 2): run(ConvolutionBlock<2, 2>.self)
    case (3, 2): run(ConvolutionBlock<3, 2>.self)
    case (4, 2): run(ConvolutionBlock<4, 2>.self)
    case (5, 2): run(ConvolutionBlock<5, 2>.self)
    case (6, 2): run(ConvolutionBlock<6, 2>.self)
    case (7, 2): run(ConvolutionBlock<7, 2>.self)
    case (8, 2): run(ConvolutionBlock<8, 2>.self)
    case (9, 2): run(ConvolutionBlock<9, 2>.self)
    case (10, 2): run(ConvolutionBlock<10, 2>.self)
    case (11, 2): run(ConvolutionBlock<11, 2>.self)
    case (12, 2): run(ConvolutionBlock<12, 2>.self)
  #endif
  default: break
  }
}

/// Stores the first lanes.
@inline(__always)
func storePart(_ count: Int, _ v: Wide, _ p: UnsafeMutablePointer<Float>) {
  for i in 0..<min(count, panelWidth) { p[i] = v[i] }
}

/// Keeps the first lanes and puts 0 in the others.
@inline(__always)
func keepLanes(_ count: Int, _ v: Wide) -> Wide {
  let numbers = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return v.replacing(with: 0, where: numbers .>= SIMD16(repeating: Int32(truncatingIfNeeded: count)))
}
