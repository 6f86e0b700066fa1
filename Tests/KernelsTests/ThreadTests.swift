import Kernels
import Synchronization
import Testing

@Suite(.serialized) struct ThreadTests {
  @Test func everyTileOnce() {
    for threads in [1, 2, 3, 5] {
      let team = ThreadTeam(threads: threads)
      #expect(team.count == threads)
      for tiles in [0, 1, 2, 3, 7, 100, 1000] {
        let seen = AlignedBuffer<Int>(count: max(1, tiles))
        team.forEach(tiles) { seen[$0] += 1 }
        #expect((0..<tiles).allSatisfy { seen[$0] == 1 })
      }
    }
  }

  @Test func manyForks() {
    for threads in [2, 3] {
      let team = ThreadTeam(threads: threads)
      let total = Atomic<Int>(0)
      for _ in 0..<100_000 { team.forEach(4) { _ in total.wrappingAdd(1, ordering: .relaxed) } }
      #expect(total.load(ordering: .relaxed) == 400_000)
    }
  }

  @Test func teamsComeAndGo() {
    for i in 0..<200 {
      let team = ThreadTeam(threads: 3)
      let total = Atomic<Int>(0)
      if i % 2 == 0 { team.forEach(10) { total.wrappingAdd($0, ordering: .relaxed) } }
      #expect(total.load(ordering: .relaxed) == (i % 2 == 0 ? 45 : 0))
    }
  }

  @Test func nestedLoopsRunAlone() {
    let team = ThreadTeam(threads: 2)
    let total = Atomic<Int>(0)
    team.forEach(8) { _ in team.forEach(8) { _ in total.wrappingAdd(1, ordering: .relaxed) } }
    #expect(total.load(ordering: .relaxed) == 64)
  }

  /// A layer's three products are the same bits with 1, 2 and 3 threads.
  @Test func resultsDoNotDependOnThreads() {
    let x = Matrix.random(100, 300, seed: 1)
    let w = PackedWeights(outputs: 100, inputs: 300, seed: 2)
    let results = [1, 2, 3].map { threads in
      let team = ThreadTeam(threads: threads)
      let y = Matrix(100, 100)
      let dw = AlignedBuffer<Float>(count: w.packed.count)
      let dx = Matrix(100, 300)
      let tiles = panelCount(100)
      team.forEach(tiles) {
        kernels.denseForward(
          x: x.pointer, ldx: x.ld, rows: 0..<100, inputs: 300, w: w.packed.pointer, bias: w.bias.pointer,
          panels: $0..<$0 + 1, y: y.pointer, ldy: y.ld, accumulate: false)
      }
      team.forEach(tiles) {
        kernels.denseWeightGradient(
          x: x.pointer, ldx: x.ld, dy: y.pointer, ldy: y.ld, rows: 100, totalInputs: 300, inputs: 0..<300,
          panels: $0..<$0 + 1, dw: dw.pointer, scale: 1, beta: 0)
      }
      team.forEach(5) {
        kernels.denseInputGradient(
          dy: y.pointer, ldy: y.ld, rows: 0..<100, outputs: 100, w: w.packed.pointer, totalInputs: 300,
          inputs: $0 * 64..<min(300, $0 * 64 + 64), dx: dx.pointer, ldx: dx.ld, accumulate: false)
      }
      return y.values + (0..<dw.count).map { dw[$0] } + dx.values
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func processors() {
    #expect(availableProcessors() >= 1)
  }
}
