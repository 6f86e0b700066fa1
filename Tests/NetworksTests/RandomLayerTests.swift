import Kernels
import Networks
import Tensors
import Testing

/// What the dropout family does on the whole.
@Suite struct RandomLayerTests {
  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let found = Statistics(Tensor(values, shape: [values.count]))
    return (found.mean, found.standardDeviation)
  }

  private func normal(rows: Int, columns: Int) -> Matrix {
    let x = Matrix(capacity: rows, columns: columns)
    var stream = RandomStream(seed: 8, purpose: 78)
    for row in 0..<rows { for c in 0..<columns { x.pointer[row * x.ld + c] = Float(stream.nextNormal()) } }
    return x
  }

  @Test("drops as many as asked, and keeps the mean", arguments: ["dropout", "alphadropout"], [0.1, 0.5, 0.8])
  func shares(name: String, p: Double) throws {
    let (rows, columns) = (400, 500)
    let harness = try LayerHarness("\(name):\(p)", columns: columns, capacity: rows)
    let x = normal(rows: rows, columns: columns)
    let y = harness.forward(Pass(.training, rows: rows, seed: 1), x).values(rows: rows)
    // What is dropped is one value, which no other result is.
    var counts: [Float: Int] = [:]
    for value in y { counts[value, default: 0] += 1 }
    let dropped = try #require(counts.values.max())
    #expect(abs(Double(dropped) / Double(rows * columns) - p) < 0.005)
    let found = moments(y)
    #expect(abs(found.mean) < 0.02)
    // Alpha dropout keeps the variance of standard normal numbers, dropout multiplies it by 1/(1 − p).
    #expect(abs(found.deviation - (name == "dropout" ? (1 / (1 - p)).squareRoot() : 1)) < 0.02)
  }

  @Test("a mask of dropconnect is the step's own, and its mean the layer without it")
  func masks() throws {
    let harness = try LayerHarness("dropconnect:40:0.3,bias=no", columns: 50, capacity: 50)
    let weight = try #require(harness.layer.parameters.first)
    weight.load((0..<weight.count).map { Float(1 + $0 % 7) })
    let identity = Matrix(capacity: 50, columns: 50)
    for i in 0..<50 { identity.pointer[i * identity.ld + i] = 1 }
    let plain = harness.forward(Pass(.inference, rows: 50), identity).values(rows: 50)
    var sum = [Float](repeating: 0, count: plain.count)
    var seen: Set<[Float]> = []
    for step in 0..<400 {
      for mode in [Pass.Mode.training, .monteCarlo] {
        let pass = Pass(mode, rows: 50, seed: 2, step: UInt32(step))
        let found = harness.forward(pass, identity).values(rows: 50)
        #expect(zip(found, plain).allSatisfy { $0 == 0 || abs($0 / $1 - 1 / 0.7) < 1e-5 })
        if mode == .training { for i in found.indices { sum[i] += found[i] } }
        if step < 5 { seen.insert(found) }
      }
    }
    #expect(seen.count == 10)
    let total = zip(sum, plain).reduce(0.0) { $0 + Double($1.0 / $1.1) } / Double(plain.count)
    #expect(abs(total / 400 - 1) < 0.01)
    // A pass of prediction has the same mask for every batch.
    let first = harness.forward(Pass(.monteCarlo, rows: 50, seed: 2, step: 3), identity).values(rows: 50)
    let later = harness.forward(Pass(.monteCarlo, rows: 50, seed: 2, step: 3, firstRow: 50), identity)
    #expect(later.values(rows: 50) == first)
  }

  @Test("100 layers normalise themselves")
  func selfNormalising() throws {
    let block = ["dense:256,init=lecun_normal", "selu", "alphadropout:0.1"]
    let network = try Network(
      Architecture(input: [256], parsing: (0..<100).flatMap { _ in block }))
    try network.initialize(seed: 1)
    let rows = 200
    let executor = Executor(network, capacity: rows, team: ThreadTeam(threads: 2), keepsOutputs: true)
    let x = normal(rows: rows, columns: 256)
    executor.input.pointer.update(from: x.pointer, count: rows * x.ld)
    executor.forward(Pass(.training, rows: rows, seed: 4))
    for i in stride(from: 2, to: 300, by: 3) {
      let found = moments(executor.output(of: i).values(rows: rows))
      #expect(abs(found.mean) < 0.1, "layer \(i)")
      #expect(abs(found.deviation - 1) < 0.15, "layer \(i)")
    }
  }
}
