import Tensors
import Testing

@testable import Search

struct ResultTests {
  private func log(_ text: String) throws(Failure) -> TrialLog { try TrialLog(text, place: "a.jsonl") }

  @Test func metricsKnowWhatIsBetter() throws {
    for name in ["accuracy", "valid_accuracy", "macro_f1", "auc", "r2", "top5", "max:x"] {
      #expect(try SearchMetric(parsing: name).prefersHigher, "\(name)")
    }
    for name in ["loss", "valid_loss", "nll", "rmse", "seconds", "top", "min:accuracy"] {
      #expect(try !SearchMetric(parsing: name).prefersHigher, "\(name)")
    }
    for name in ["", "max:", "most:x", "a:b:c"] { #expect(throws: Failure.self) { try SearchMetric(parsing: name) } }
  }

  @Test func logsAreRead() throws {
    let metric = try SearchMetric(parsing: "valid_loss")
    let lines = """
      {"epoch":1,"valid_loss":0.9,"accuracy":0.5}
      {"epoch":2,"valid_loss":0.3,"accuracy":0.6}
      {"epoch":3,"valid_loss":0.5,"accuracy":0.7}

      """
    let whole = try log(lines)
    #expect(whole.best(metric)?.value == 0.3 && whole.best(metric)?.epoch == 2)
    #expect(whole.best(metric, upTo: 1)?.value == 0.9)
    #expect(whole.last("accuracy") == "0.7" && whole.epochs == 3 && !whole.hasDiverged)
    #expect(whole.names == ["valid_loss", "accuracy"])
    #expect(try log(lines + "{\"epoch\":4,\"vali").epochs == 3)
    #expect(try log(lines + "{\"epoch\":4,\"diverged\":true}\n").hasDiverged)
    #expect(try log("").best(metric)?.value == nil)
    for wrong in ["{\"epoch\":1\n{}\n", "[1]\n", "1\n"] { #expect(throws: Failure.self) { try log(wrong) } }
  }

  @Test func halvingKeepsTheBest() throws {
    let metric = try SearchMetric(parsing: "valid_loss")
    let halving = Halving(metric: metric, epochs: 1...27, factor: 3)
    #expect(halving.rungs == [1, 3, 9, 27])
    #expect((0..<4).map { halving.count(of: 27, at: $0) } == [27, 9, 3, 1])
    #expect((0..<4).map { halving.count(of: 10, at: $0) } == [10, 3, 1, 1])
    #expect(Halving(metric: metric, epochs: 2...20, factor: 4).rungs == [2, 8, 20])
    #expect(Halving(metric: metric, epochs: 5...5, factor: 4).rungs == [5])
    let values: [Double?] = [0.5, nil, 0.1, 0.1, 0.4]
    let trials = values.enumerated().map { i, value in
      var trial = Trial([("a", String(i))])
      trial.number = i + 1
      return (trial: trial, value: value)
    }
    #expect(halving.survivors(trials, keeping: 3).map(\.number) == [3, 4, 5])
    #expect(halving.survivors(trials, keeping: 1).map(\.number) == [3])
    #expect(halving.survivors(trials, keeping: 9).map(\.number) == [1, 3, 4, 5])
  }

  @Test func rankingsPutTheDivergedLast() throws {
    let metric = try SearchMetric(parsing: "loss")
    let states: [(TrialState?, Double?)] = [
      (.missing, nil), (.diverged, 0.01), (.finished, 0.5), (.unfinished, 0.1), (.finished, 0.2), (.finished, nil),
      (nil, 0.3),
    ]
    let standings = states.enumerated().map { i, entry in
      Standing(name: String(i), state: entry.0, best: entry.1.map { ($0, 1) })
    }
    #expect(Standing.ranked(standings, by: metric).map(\.name) == ["4", "6", "2", "3", "5", "1", "0"])
  }

  /// The parameter that decides has nearly all of the importance, the one that does nothing hardly any.
  @Test func importanceFindsWhatMatters() throws {
    let space = try Space(["a=0..1.0", "b=0..1.0", "c=x,y if a>=0.5"])
    let trials = try Method.random(100).trials(of: space, seed: 3)
    let ranked = trials.sorted { (Double($0["a"] ?? "") ?? 0) < (Double($1["a"] ?? "") ?? 0) }
    let ranks = ranked.enumerated().map { (trial: $1, rank: Double($0 + 1)) }
    let all = Importance.all(space, ranks: ranks)
    #expect(all[0].name == "a" && all[0].bins.count == 5)
    let shares = Dictionary(all.map { ($0.name, $0.share ?? -1) }) { first, _ in first }
    #expect(shares["a", default: 0] > 0.9)
    #expect(shares["b", default: 1] < 0.1)
    #expect(all[0].bins.map(\.meanRank) == all[0].bins.map(\.meanRank).sorted())
    #expect(all.first { $0.name == "c" }?.bins.map(\.text) == ["x", "y", "absent"])
  }
}
