import Glibc
import GoldenValues
import Tensors
import Testing

@testable import Training

/// Predictions of labels, each yes or no for itself: metrics against scikit-learn, ensembles against the definitions.
@Suite("Labels")
struct LabelTests {
  private func marked(_ tensors: [String: Tensor]) -> Frame {
    Frame(.prediction, metadata: [Metadata.probabilities: Metadata.independent], tensors: tensors)
  }

  private func result(_ frames: [Frame], auc: Bool = false) throws -> EvaluationResult {
    var options = Evaluation.Options()
    options.auc = auc
    var evaluation = Evaluation(options)
    for frame in frames { try evaluation.add(frame) }
    return try evaluation.result()
  }

  private func values(_ result: EvaluationResult) -> [String: Double] {
    result.metrics.reduce(into: [:]) { $0[$1.name] = $1.value }
  }

  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  @Test("metrics are scikit-learn's, in one frame and in several", arguments: ["even", "rare"])
  func golden(_ name: String) throws {
    let file = try Golden.read("evaluation-labels-\(name)")
    let (p, y) = (try file.tensor("p"), try file.tensor("y"))
    let expected = file.tensors.filter { $0.key.hasPrefix("metric.") }
    let whole = try result([marked(["p": p, "y": y])], auc: name == "even")
    let found = values(whole)
    #expect(Set(expected.keys.map { String($0.dropFirst(7)) }) == Set(found.keys))
    for (key, tensor) in expected {
      let distance = difference([found[String(key.dropFirst(7))] ?? .nan], tensor.doubles)
      #expect(distance < 1e-12, "\(key)")
    }
    let chunks = [0..<1, 1..<17, 17..<40].map { marked(["p": p[rows: $0], "y": y[rows: $0]]) }
    #expect(values(try result(chunks, auc: name == "even")) == found)
  }

  @Test("precision, recall, F1 and support of each label are scikit-learn's", arguments: ["even", "rare"])
  func perLabel(_ name: String) throws {
    let file = try Golden.read("evaluation-labels-\(name)")
    guard case .labels(let metrics) = try result([marked(file.tensors)]).details else {
      Issue.record("other metrics than those of labels")
      return
    }
    let each = (0..<metrics.labels).map(metrics.perLabel)
    #expect(difference(each.map(\.precision), try file.tensor("precision").doubles) < 1e-15)
    #expect(difference(each.map(\.recall), try file.tensor("recall").doubles) < 1e-15)
    #expect(difference(each.map(\.f1), try file.tensor("f1").doubles) < 1e-15)
    #expect(try each.map { Int64($0.support) } == file.tensor("support").integers)
  }

  @Test("the losses of rows are scikit-learn's", arguments: ["even", "rare"])
  func losses(_ name: String) throws {
    let file = try Golden.read("evaluation-labels-\(name)")
    var table = SampleTable(isJSON: false)
    let lines = table.lines(of: try Predictions(marked(file.tensors))).split(separator: "\n").dropFirst()
    let losses = lines.map { Double($0.split(separator: "\t").last ?? "") ?? .nan }
    #expect(difference(losses, try file.tensor("losses").doubles) < 1e-12)
  }

  @Test("-1 and 1, whole numbers and 0 and 1 are the same truth")
  func signs() throws {
    let file = try Golden.read("evaluation-labels-even")
    let (p, y) = (try file.tensor("p"), try file.tensor("y"))
    let found = values(try result([marked(["p": p, "y": y])], auc: true))
    let signs = Tensor(y.floats.map { $0 * 2 - 1 }, shape: y.shape)
    #expect(values(try result([marked(["p": p, "y": signs])], auc: true)) == found)
    let whole = Tensor(y.floats.map { Int64($0) }, shape: y.shape)
    #expect(values(try result([marked(["p": p, "y": whole])], auc: true)) == found)
  }

  @Test("shares count as yes above a half, and in the cross-entropy as they are")
  func shares() throws {
    let p = Tensor([Float(0.5), 0.25], shape: [1, 2])
    let found = values(try result([marked(["p": p, "y": Tensor([Float(0.75), 0.5], shape: [1, 2])])]))
    #expect(found["hamming_accuracy"] == 0.5 && found["exact_match"] == 0)
    let expected = (log(2) - (log(0.25) + log(0.75)) / 2) / 2
    #expect(difference([found["bce"] ?? .nan], [expected]) < 1e-12)
  }

  @Test("a sure and wrong label has a finite loss")
  func sure() throws {
    let p = Tensor([Float(1), 0], shape: [1, 2])
    let found = values(try result([marked(["p": p, "y": Tensor([Float(0), 1], shape: [1, 2])])]))
    #expect(difference([found["bce"] ?? .nan], [27.631021115928547]) < 1e-12)
  }

  @Test("other truths, other marks and other kinds of predictions are refused")
  func refusals() throws {
    let p = Tensor([Float(0.5), 0.25, 1, 0.75], shape: [2, 2])
    func refuse(_ y: [Float], shape: [Int], _ message: String) {
      #expect(throws: Failure.input(message)) { _ = try Predictions(marked(["p": p, "y": Tensor(y, shape: shape)])) }
    }
    refuse([0, 1, 2, 1], shape: [2, 2], ": row 1: 'y' holds 2.0 where numbers from 0 to 1, or -1 and 1, are due")
    refuse([0, 1, -1, 1], shape: [2, 2], ": row 0: 'y' holds 0.0 where -1 and 1 are due, as in other rows")
    refuse([0, 1], shape: [2], ": 'y' has shape [2] where 'p' has [2, 2]")
    refuse([0, .nan, 1, 1], shape: [2, 2], ": row 0: 'y' is nan")
    var other = marked(["p": p])
    other.metadata[Metadata.probabilities] = "exclusive"
    #expect(throws: Failure.input(": nn.probabilities is 'exclusive' where 'independent' is due")) {
      _ = try Predictions(other)
    }
    let y = Tensor([Int64(0), 1], shape: [2])
    let classes = Frame(.prediction, tensors: ["p": Tensor([Float(0.5), 0.5, 1, 0], shape: [2, 2]), "y": y])
    #expect(throws: Failure.self) {
      _ = try result([marked(["p": p, "y": Tensor([Float(0), 1, 1, 0], shape: [2, 2])]), classes])
    }
  }

  @Test("ensembles: mean, geometric mean, votes and what the members disagree about")
  func ensembles() throws {
    let file = try Golden.read("ensemble-labels")
    let weights = try file.tensor("weights").doubles
    let rules: [(String, Combination)] = [("mean", .mean), ("geometric", .geometric), ("vote", .vote)]
    for (name, rule) in rules {
      var ensemble = PredictionEnsemble(rule, weights: try MemberWeights(weights))
      for i in weights.indices { try ensemble.add(marked(["p": try file.tensor("member.\(i)")])) }
      var combined = Frame(nil)
      try ensemble.finish { combined = $0 }
      #expect(combined.metadata[Metadata.probabilities] == Metadata.independent)
      for (found, expected) in [
        ("p", name), ("entropy", name + ".entropy"), ("std", "std"), ("mutual_information", "mutual_information"),
      ] {
        let distance = difference(try combined.tensor(found).doubles, try file.tensor(expected).doubles)
        #expect(distance < 2e-7, "\(name): \(found)")
      }
    }
  }

  @Test("members that contradict each other for sure are undecided")
  func veto() throws {
    var ensemble = PredictionEnsemble(.geometric)
    for p in [Float(0), 1] { try ensemble.add(marked(["p": Tensor([p, 1 - p, p], shape: [1, 3])])) }
    var combined = Frame(nil)
    try ensemble.finish { combined = $0 }
    #expect(try combined.tensor("p").floats == [0.5, 0.5, 0.5])
  }
}
