import Kernels
import Testing

@Suite struct ConvolutionTests {
  /// Grids over an image of 9 × 11 × channels, some with long runs, some with taps apart.
  private static func grids(channels: Int, outputs: Int) -> [ConvolutionGrid] {
    let row = 11 * channels
    func grid(_ rows: Int, _ columns: Int, stride: Int, taps: (Int, Int), apart: Int, run: Int) -> ConvolutionGrid {
      ConvolutionGrid(
        rows: rows, columns: columns, outputRowStep: columns * outputs, outputStep: outputs, inputRowStep: stride * row,
        inputStep: stride * channels, tapRows: taps.0, tapColumns: taps.1, tapRowStep: apart * row,
        tapColumnStep: apart * channels, run: run)
    }
    return [
      grid(7, 9, stride: 1, taps: (3, 1), apart: 1, run: 3 * channels),
      grid(3, 4, stride: 2, taps: (3, 2), apart: 2, run: channels),
      grid(9, 11, stride: 1, taps: (1, 1), apart: 1, run: channels),
      grid(2, 1, stride: 3, taps: (2, 5), apart: 2, run: max(1, channels - 1)),
    ]
  }

  private func random(_ count: Int, seed: UInt64) -> AlignedBuffer<Float> {
    let buffer = AlignedBuffer<Float>(count: count)
    var stream = RandomStream(seed: seed, purpose: 1)
    for i in 0..<count { buffer[i] = Float(stream.nextNormal()) }
    return buffer
  }

  /// Calls body for each output and tap: the places of the output, of the tap's first input, and of its first weight.
  private func forEachTap(_ g: ConvolutionGrid, _ body: (_ output: Int, _ input: Int, _ tap: Int) -> Void) {
    for r in 0..<g.rows {
      for c in 0..<g.columns {
        for i in 0..<g.tapRows {
          for j in 0..<g.tapColumns {
            let input = r * g.inputRowStep + c * g.inputStep + i * g.tapRowStep + j * g.tapColumnStep
            body(r * g.outputRowStep + c * g.outputStep, input, i * g.tapColumns + j)
          }
        }
      }
    }
  }

  @Test(arguments: [1, 3, 16, 17], [1, 16, 17, 40])
  func agreesWithPlainLoops(channels: Int, outputs: Int) {
    let x = random(9 * 11 * channels + 16, seed: 1)
    let bias = random(64, seed: 2)
    for grid in ConvolutionTests.grids(channels: channels, outputs: outputs) {
      let w = random(panelCount(outputs) * 16 * grid.terms, seed: 3)
      let count = grid.rows * grid.outputRowStep
      let dy = random(count + 16, seed: 4)
      func weight(_ o: Int, _ term: Int) -> Int { (o / 16 * grid.terms + term) * 16 + o % 16 }
      var (sums, gradient) = ((0..<count).map { Double(bias[$0 % outputs]) }, [Double](repeating: 0, count: w.count))
      for o in 0..<outputs {
        forEachTap(grid) { output, input, tap in
          for k in 0..<grid.run {
            let at = weight(o, tap * grid.run + k)
            sums[output + o] += Double(x[input + k]) * Double(w[at])
            gradient[at] += Double(x[input + k]) * Double(dy[output + o])
          }
        }
      }
      for level in levels {
        // What lies beyond an image belongs to another.
        let y = AlignedBuffer<Float>(count: count + 16)
        for i in 0..<16 { y[count + i] = 7 }
        level.convolve(grid, x: x.pointer, w: w.pointer, bias: bias.pointer, outputs: outputs, y: y.pointer)
        #expect((0..<count).allSatisfy { close(y[$0], sums[$0], 1e-5, scale: 10) }, "\(level.name) \(grid)")
        #expect((0..<16).allSatisfy { y[count + $0] == 7 })
        let dw = AlignedBuffer<Float>(count: w.count)
        // What is there before counts where it is added to: half of each sum is made by either call.
        for i in 0..<dw.count { dw[i] = .nan }
        for adds in [false, true] {
          level.convolveWeightGradient(grid, x: x.pointer, dy: dy.pointer, outputs: outputs, adds: adds, dw: dw.pointer)
        }
        for i in 0..<dw.count { dw[i] /= 2 }
        for o in 0..<panelCount(outputs) * 16 {
          for term in 0..<grid.terms {
            let expected = o < outputs ? gradient[weight(o, term)] : 0
            #expect(close(dw[weight(o, term)], expected, 1e-5, scale: 10), "\(level.name) \(grid) \(o)")
          }
        }
      }
    }
  }

  @Test(arguments: [3, 16, 33])
  func channelsStayApart(channels: Int) {
    let x = random(9 * 11 * channels + 16, seed: 1)
    let bias = random(64, seed: 2)
    for var grid in ConvolutionTests.grids(channels: channels, outputs: channels).dropFirst() {
      grid.run = 1
      let w = random(panelCount(channels) * 16 * grid.terms, seed: 3)
      let count = grid.rows * grid.outputRowStep
      let dy = random(count + 16, seed: 4)
      func weight(_ c: Int, _ tap: Int) -> Int { (c / 16 * grid.terms + tap) * 16 + c % 16 }
      var (sums, gradient) = ((0..<count).map { Double(bias[$0 % channels]) }, [Double](repeating: 0, count: w.count))
      for c in 0..<channels {
        forEachTap(grid) { output, input, tap in
          sums[output + c] += Double(x[input + c]) * Double(w[weight(c, tap)])
          gradient[weight(c, tap)] += Double(x[input + c]) * Double(dy[output + c])
        }
      }
      for level in levels {
        let (y, dw) = (AlignedBuffer<Float>(count: count + 16), AlignedBuffer<Float>(count: w.count))
        level.convolveChannels(grid, x: x.pointer, w: w.pointer, bias: bias.pointer, channels: channels, y: y.pointer)
        #expect((0..<count).allSatisfy { close(y[$0], sums[$0], 1e-5, scale: 10) }, "\(level.name) \(grid)")
        level.convolveChannelsWeightGradient(
          grid, x: x.pointer, dy: dy.pointer, channels: channels, dw: dw.pointer)
        #expect((0..<w.count).allSatisfy { close(dw[$0], gradient[$0], 1e-5, scale: 10) }, "\(level.name) \(grid)")
      }
    }
  }

  @Test func framesAreOfZeros() {
    let image = random(12, seed: 5)
    // (top, left, height, row): around the image, inside of it, and beside it.
    for (top, left, height, row) in [(1, 2, 6, 9), (0, 0, 2, 3), (2, 1, 3, 3), (5, 6, 4, 5)] {
      let frame = PaddedImage(
        height: 3, rowCount: 4, top: top, left: left, paddedHeight: height, paddedRowCount: row)
      let copy = AlignedBuffer<Float>(count: frame.count)
      for i in 0..<copy.count { copy[i] = .nan }
      frame.copy(image.pointer, to: copy.pointer)
      for r in 0..<height {
        for c in 0..<row {
          let isInside = (0..<3).contains(r - top) && (0..<4).contains(c - left)
          #expect(copy[r * row + c] == (isInside ? image[(r - top) * 4 + c - left] : 0))
        }
      }
    }
  }

  @Test func maximaKeepNaN() {
    let grid = PoolingGrid(
      height: 2, width: 4, channels: 1, windowHeight: 2, windowWidth: 2, stride: 2, padding: 0, outputHeight: 1,
      outputWidth: 2)
    let x = AlignedBuffer<Float>(count: 8)
    let values: [Float] = [-3, .nan, -1, -1, -2, 5, -1, -7]
    for (i, value) in values.enumerated() { x[i] = value }
    for level in levels {
      let (y, dy, dx) = (
        AlignedBuffer<Float>(count: 16), AlignedBuffer<Float>(count: 16), AlignedBuffer<Float>(count: 8)
      )
      level.maximumPool(grid, x: x.pointer, y: y.pointer)
      #expect(y[0].isNaN && y[1] == -1)
      (dy[0], dy[1]) = (0, 2)
      level.maximumPoolGradient(grid, x: x.pointer, y: y.pointer, dy: dy.pointer, dx: dx.pointer)
      // The first of three equal ones has it all.
      let expected: [Float] = [0, 0, 2, 0, 0, 0, 0, 0]
      #expect((0..<8).map { dx[$0] } == expected)
    }
  }
}
