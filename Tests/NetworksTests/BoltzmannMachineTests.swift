import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

/// Restricted Boltzmann machines small enough that every state of the hidden units can be counted.
@Suite struct BoltzmannMachineTests {
  /// 12 visible and 8 hidden units, with rows that the machine knows nothing of.
  private struct Subject {
    static let (visible, hidden, rows) = (12, 8, 160)
    let machine: BoltzmannMachine
    let executor: Executor
    let exact: ExactMachine
    let data: [[Double]]

    init(_ settings: BoltzmannMachine.Settings, threads: Int = 1) throws {
      let dense = try #require(try Network(Architecture(input: [12], parsing: ["dense:8"])).layers.first)
      machine = try #require(BoltzmannMachine(of: dense, settings, seed: 5))
      var stream = RandomStream(seed: 3, purpose: 99)
      for parameter in machine.parameters where parameter.role != .buffer {
        parameter.load((0..<parameter.count).map { _ in Float(0.4 * stream.nextNormal()) })
      }
      executor = Executor(
        try Network([machine], named: ["m"]), capacity: Subject.rows, team: ThreadTeam(threads: threads))
      executor.allocateGradients()
      let isGaussian = settings.visibleUnits == .gaussian
      // Halves of a row go together, so that there is something to learn.
      data = (0..<Subject.rows).map { _ in
        let half = (0..<6).map { _ in isGaussian ? stream.nextNormal() : stream.nextDouble() < 0.7 ? 1 : 0 }
        return (half + half).map { Double(Float($0)) }
      }
      for (row, values) in data.enumerated() {
        for (c, value) in values.enumerated() { executor.input.pointer[row * executor.input.ld + c] = Float(value) }
      }
      exact = ExactMachine(machine)
    }

    /// The gradient of weights and biases, one after the other, as the backward pass estimates it in a step.
    func estimate(step: Int) -> [Double] {
      let pass = Pass(.training, rows: Subject.rows, seed: 7, step: UInt32(step))
      executor.forward(pass)
      executor.backward(pass)
      return machine.parameters.flatMap { parameter in
        parameter.gradient.map { parameter.tensor(of: $0).doubles } ?? []
      }
    }
  }

  private func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  @Test("contrastive divergence of ten steps goes the way of the exact gradient", arguments: BoltzmannMachine.VisibleUnits.allCases)
  func agreesWithEnumeration(_ units: BoltzmannMachine.VisibleUnits) throws {
    var settings = BoltzmannMachine.Settings()
    (settings.visibleUnits, settings.steps) = (units, 10)
    let subject = try Subject(settings)
    let exact = subject.exact.gradient(subject.data)
    var mean = [Double](repeating: 0, count: exact.count)
    for step in 0..<40 { for (i, value) in subject.estimate(step: step).enumerated() { mean[i] += value / 40 } }
    let found = cosine(mean, exact)
    #expect(found > 0.95, "\(found)")
    // The direction is not all: the steps are as long as they should be.
    let ratio = length(mean) / length(exact)
    #expect(abs(ratio - 1) < 0.15, "\(ratio)")
  }

  private func length(_ a: [Double]) -> Double { a.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  @Test("chains that persist come to sample the machine, whatever the rows are", arguments: BoltzmannMachine.VisibleUnits.allCases)
  func persists(_ units: BoltzmannMachine.VisibleUnits) throws {
    var settings = BoltzmannMachine.Settings()
    (settings.visibleUnits, settings.persistentChains) = (units, Subject.rows)
    let subject = try Subject(settings)
    let exact = subject.exact.gradient(subject.data)
    for step in 0..<60 { _ = subject.estimate(step: step) }
    var mean = [Double](repeating: 0, count: exact.count)
    for step in 60..<140 { for (i, value) in subject.estimate(step: step).enumerated() { mean[i] += value / 80 } }
    let found = cosine(mean, exact)
    #expect(found > 0.95, "\(found)")
  }

  @Test("the free energies are those of summing over the hidden states", arguments: BoltzmannMachine.VisibleUnits.allCases)
  func freeEnergy(_ units: BoltzmannMachine.VisibleUnits) throws {
    var settings = BoltzmannMachine.Settings()
    settings.visibleUnits = units
    let subject = try Subject(settings)
    let energies = AlignedBuffer<Double>(count: Subject.rows)
    subject.machine.freeEnergies(subject.executor.input, rows: 0..<Subject.rows, into: energies.pointer)
    for (row, values) in subject.data.enumerated() {
      let exact = subject.exact.freeEnergy(values)
      #expect(abs(energies[row] - exact) < 1e-4)
    }
    withExtendedLifetime(energies) {}
  }

  @Test("the output is the mean-field reconstruction", arguments: BoltzmannMachine.VisibleUnits.allCases)
  func reconstructs(_ units: BoltzmannMachine.VisibleUnits) throws {
    var settings = BoltzmannMachine.Settings()
    settings.visibleUnits = units
    let subject = try Subject(settings)
    let pass = Pass(.inference, rows: Subject.rows)
    subject.executor.forward(pass)
    let expected = subject.machine.reference(
      subject.data.flatMap(\.self), values: subject.machine.parameters.map(\.tensor.doubles), pass)
    let found = (0..<Subject.rows).flatMap { subject.executor.output[row: $0].map(Double.init) }
    let worst = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst < 1e-5, "\(worst)")
  }

  @Test("the sparsity's pull is that of its target, on weights and biases")
  func sparsity() throws {
    var settings = BoltzmannMachine.Settings()
    let plain = try Subject(settings).estimate(step: 0)
    settings.sparsity = BoltzmannMachine.Sparsity(target: 0.1, cost: 0.5)
    let subject = try Subject(settings)
    let pulled = subject.estimate(step: 0)
    let h = subject.data.map(subject.exact.hiddenMeans)
    for j in 0..<Subject.hidden {
      let pull = 0.5 * (h.reduce(0) { $0 + $1[j] } / Double(Subject.rows) - 0.1)
      let bias = Subject.hidden * Subject.visible + j
      #expect(abs(pulled[bias] - plain[bias] - pull) < 1e-5)
      for i in 0..<Subject.visible {
        let mean = subject.data.reduce(0) { $0 + $1[i] } / Double(Subject.rows)
        let k = j * Subject.visible + i
        #expect(abs(pulled[k] - plain[k] - pull * mean) < 1e-5)
      }
    }
  }

  @Test("neither threads nor their number change a sample")
  func threads() throws {
    var settings = BoltzmannMachine.Settings()
    settings.steps = 3
    let one = try Subject(settings).estimate(step: 4)
    #expect(try Subject(settings, threads: 3).estimate(step: 4) == one)
    #expect(try Subject(settings).estimate(step: 5) != one)
  }
}
