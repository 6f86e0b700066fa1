import Kernels
import Testing

@Suite struct RandomTests {
  /// The known answers of Random123 (kat_vectors, philox4x32 10).
  @Test func knownAnswers() {
    #expect(
      philox(counter: (0, 0, 0, 0), key: 0) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = UInt32.max
    #expect(
      philox(counter: (ones, ones, ones, ones), key: .max) == (
        0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd
      ))
    #expect(
      philox(
        counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: 0x299f_31d0_a409_3822)
        == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func dropout() {
    let key: UInt64 = 0x0123_4567_89ab_cdef
    for (rows, columns) in [(1, 1), (3, 10), (7, 16), (9, 64), (5, 100), (2, 300)] {
      for p in [0, 0.1, 0.5, 1] {
        for level in levels {
          let ld = paddedWidth(columns)
          let mask = AlignedBuffer<UInt8>(count: (rows + 4) * ld)
          level.dropoutMask(
            key: key, stream: (5, 6), p: p, rows: 4..<rows + 4, columns: 0..<columns, mask: mask.pointer,
            ld: ld)
          let threshold = UInt32((p * 65536).rounded())
          for r in 4..<rows + 4 {
            for c in 0..<columns {
              let block = philox(counter: (UInt32(c / 8), UInt32(r), 5, 6), key: key)
              let word = [block.0, block.1, block.2, block.3][c % 8 / 2]
              let half = c % 2 == 0 ? word & 0xffff : word >> 16
              #expect(mask[r * ld + c] == (half >= threshold ? 1 : 0))
            }
          }
          // The same from two tiles.
          let tiles = AlignedBuffer<UInt8>(count: (rows + 4) * ld)
          let border = min(columns, 8)
          for tile in [0..<border, border..<columns] {
            for r in 4..<rows + 4 {
              level.dropoutMask(
                key: key, stream: (5, 6), p: p, rows: r..<r + 1, columns: tile, mask: tiles.pointer, ld: ld)
            }
          }
          #expect((0..<mask.count).allSatisfy { mask[$0] == tiles[$0] })
          let y = Matrix.random(rows, columns, seed: 1)
          let before = y.copy()
          level.dropoutApply(
            mask: mask.pointer + 4 * ld, ldMask: ld, y: y.pointer, ldy: y.ld, rows: rows, columns: columns,
            scale: 2, shift: 0.5, dropped: -3)
          for r in 0..<rows {
            for c in 0..<columns {
              #expect(y[r, c] == (mask[(r + 4) * ld + c] == 0 ? -3 : before[r, c] * 2 + 0.5))
            }
          }
          #expect(y.paddingIsZero)
        }
      }
    }
  }

  @Test func stream() {
    var a = RandomStream(seed: 7, purpose: 1, index: 2)
    let words = (0..<10).map { _ in a.nextWord() }
    let first = philox(counter: (0, 0, 2, 1), key: 7)
    #expect(words[0..<4] == [first.0, first.1, first.2, first.3])
    for i in 0..<10 {
      var b = RandomStream(seed: 7, purpose: 1, index: 2)
      b.seek(to: UInt64(i))
      #expect(b.nextWord() == words[i])
    }
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[a.nextInt(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<100_000 {
      let x = a.nextNormal()
      sum += x
      squares += x * x
    }
    #expect(abs(sum) < 1500 && abs(squares / 100_000 - 1) < 0.03)
    for _ in 0..<1000 {
      #expect((0..<1).contains(a.nextFloat()))
      #expect((0..<1).contains(a.nextDouble()))
    }
    let order = a.permutation(1000)
    #expect(order.sorted() == (0..<1000).map { Int32($0) } && order != order.sorted())
    #expect(a.permutation(0) == [] && a.permutation(1) == [0])
  }

  /// Beta(α, α) has mean 1/2 and variance 1/(4·(2α + 1)); a share of x above 1/2 as large as below.
  @Test(arguments: [0.001, 0.2, 1, 8])
  func betaDistribution(alpha: Double) {
    var stream = RandomStream(seed: 7, purpose: 3)
    let numbers = (0..<20_000).map { _ in stream.nextBeta(alpha) }
    let mean = numbers.reduce(0, +) / 20_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(numbers.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(abs(mean - 0.5) < 0.015)
    #expect(abs(variance * 4 * (2 * alpha + 1) - 1) < 0.04)
  }

  @Test func permutationsHoldEachNumberOnce() {
    var stream = RandomStream(seed: 7, purpose: 3)
    var order = [Int32](repeating: -1, count: 9)
    stream.permute(&order, count: 7)
    #expect(order[..<7].sorted() == [0, 1, 2, 3, 4, 5, 6] && order[7...] == [-1, -1])
    var again = RandomStream(seed: 7, purpose: 3)
    #expect(again.permutation(7) == Array(order[..<7]))
  }
}
