import Glibc
import Tensors
import Testing

@testable import Training

/// Ensembles of predictions and averages of models.
@Suite("Ensembles")
struct EnsembleTests {
  private func member(_ p: [Float], columns: Int = 2, place: String = "") -> Frame {
    Frame(.prediction, tensors: ["p": Tensor(p, shape: [p.count / columns, columns])], place: place)
  }

  private func combine(
    _ combination: Combination = .mean, weights: [Double]? = nil, _ members: Frame...
  ) throws -> Frame {
    var ensemble = PredictionEnsemble(
      combination, weights: try weights.map { (given) throws(Failure) in try MemberWeights(given) } ?? MemberWeights())
    for member in members { try ensemble.add(member) }
    var result = Frame(nil)
    try ensemble.finish { result = $0 }
    return result
  }

  private func numbers(_ frame: Frame, _ name: String) throws -> [Double] { try frame.tensor(name).doubles }

  private func near(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test("mean, spread, entropy and mutual information")
  func mean() throws {
    let result = try combine(.mean, member([1, 0, 0.5, 0.5]), member([0, 1, 0.5, 0.5]))
    #expect(near(try numbers(result, "p"), [0.5, 0.5, 0.5, 0.5]))
    #expect(near(try numbers(result, "std"), [0.5, 0.5, 0, 0]))
    #expect(near(try numbers(result, "entropy"), [log(2), log(2)]))
    // Two sure members that contradict each other disagree about everything; two unsure ones about nothing.
    #expect(near(try numbers(result, "mutual_information"), [log(2), 0]))
  }

  @Test("weights are shares")
  func weighted() throws {
    let result = try combine(weights: [3, 1], member([0.8, 0.2]), member([0.4, 0.6]))
    #expect(near(try numbers(result, "p"), [0.7, 0.3]))
    #expect(near(try numbers(result, "std"), [0.17320508, 0.17320508]))
    let first = try combine(weights: [0, 2], member([0.8, 0.2]), member([0.4, 0.6]))
    #expect(near(try numbers(first, "p"), [0.4, 0.6]))
  }

  @Test("the geometric mean is normalised, also from single precision's smallest numbers")
  func geometric() throws {
    let result = try combine(.geometric, member([0.9, 0.1]), member([0.5, 0.5]))
    #expect(near(try numbers(result, "p"), [0.75, 0.25]))
    let veto = try combine(.geometric, member([0, 1]), member([1, 0]))
    #expect(near(try numbers(veto, "p"), [0.5, 0.5]))
  }

  @Test("votes")
  func vote() throws {
    let members = [[Float(0.9), 0.1], [0.4, 0.6], [0.3, 0.7]].map { member($0) }
    #expect(near(try numbers(combine(.vote, members[0], members[1], members[2]), "p"), [1.0 / 3, 2.0 / 3]))
  }

  @Test("a single column is the probability of class 1")
  func binary() throws {
    let result = try combine(.geometric, member([0.9, 0.2], columns: 1), member([0.5, 0.2], columns: 1))
    #expect(try result.tensor("p").shape == [2, 1])
    #expect(near(try numbers(result, "p"), [0.75, 0.2]))
  }

  @Test("a member's own spread adds to the members'")
  func totalVariance() throws {
    var left = member([0.5, 0.5])
    var right = member([0.7, 0.3])
    left.tensors["std"] = Tensor([Float(0.3), 0.3], shape: [1, 2])
    right.tensors["std"] = Tensor([Float(0.1), 0.1], shape: [1, 2])
    // Var = mean of the variances + variance of the means.
    let expected = ((0.09 + 0.01) / 2 + 0.01).squareRoot()
    #expect(near(try numbers(combine(.mean, left, right), "std"), [expected, expected]))
    left.tensors["std"] = Tensor([Float(0.3)], shape: [1])
    #expect(throws: Failure.self) { _ = try combine(.mean, left, right) }
  }

  @Test("values: mean and standard deviation")
  func values() throws {
    let members = [1.0, 2, 6].map { value in
      Frame(.prediction, tensors: ["output": Tensor([Float(value), 1e6], shape: [1, 2])])
    }
    let result = try combine(.mean, members[0], members[1], members[2])
    #expect(near(try numbers(result, "output"), [3, 1e6]))
    #expect(near(try numbers(result, "std"), [(14.0 / 3).squareRoot(), 0]))
  }

  private func model(_ weight: Double, type: ElementType = .float32, _ more: [String: Tensor] = [:]) -> Frame {
    let tensor =
      type == .float64 ? Tensor([weight, 1], shape: [2]) : Tensor([Float(weight), 1], shape: [2])
    return Frame(.model, metadata: ["nn.arch": "dense:1"], tensors: more.merging(["0.weight": tensor]) { $1 })
  }

  @Test("parameters are averaged in their own precision, counters taken from the first")
  func models() throws {
    var average = ModelAverage()
    try average.add(model(1, ["n": Tensor([Int64(5)], shape: [])]))
    try average.add(model(4, ["n": Tensor([Int64(9)], shape: [])]))
    let result = try average.result()
    #expect(try result.tensor("0.weight").floats == [2.5, 1])
    #expect(try result.tensor("n").integers == [5])
    #expect(result.metadata["nn.arch"] == "dense:1")
    var double = ModelAverage()
    try double.add(model(1, type: .float64))
    try double.add(model(1 + 0x1p-40, type: .float64))
    #expect(try double.result().tensor("0.weight").doubles == [1 + 0x1p-41, 1])
  }

  @Test("the state of training is averaged or left out")
  func trainingState() throws {
    func moments(_ value: Float, _ count: Int) -> [String: Tensor] {
      ["optimizer.m": Tensor([Float](repeating: value, count: count), shape: [count])]
    }
    var average = ModelAverage()
    try average.add(model(1, moments(1, 2)))
    try average.add(model(2, moments(3, 2)))
    #expect(try average.result().tensor("optimizer.m").floats == [2, 2])
    try average.add(model(3, moments(3, 4)))
    #expect(average.dropsTrainingState)
    try average.add(model(3, moments(3, 2)))
    let result = try average.result()
    #expect(result.tensors.keys.sorted() == ["0.weight"])
  }

  @Test("what differs is named")
  func differences() throws {
    var average = ModelAverage()
    try average.add(model(1))
    var other = model(2)
    other.metadata["nn.arch"] = "dense:2"
    #expect(throws: Failure.input(": nn.arch is 'dense:2' where  has 'dense:1'")) { try average.add(other) }
  }
}
