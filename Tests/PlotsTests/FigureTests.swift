import Tensors
import Testing
import Training

@testable import Plots

@Suite("Figures")
struct FigureTests {
  private func run(_ name: String, _ losses: [Double], valid: [Double] = []) throws -> RunLog {
    var run = RunLog(name: name)
    for i in losses.indices {
      var members: [(key: String, value: JSON)] = [("epoch", .number(i + 1)), ("loss", .number(losses[i]))]
      if i < valid.count { members.append(("valid_loss", .number(valid[i]))) }
      members.append(("seconds", .number(0.5)))
      try run.add(.object(members))
    }
    return run
  }

  private func charts(_ figure: Figure) -> [Chart] { figure.panels.compactMap { $0 as? Chart } }

  @Test func namesOfSeedsAreOneGroup() {
    let names = ["out/wide-1.jsonl", "out/wide-12.jsonl", "narrow_3.jsonl", "7.jsonl", "a.b2.log", "net"]
    #expect(names.map(RunGroup.stem) == ["wide", "wide", "narrow", "runs", "a.b", "net"])
  }

  @Test func meanAndSpreadAreThoseOfTheRuns() throws {
    let group = RunGroup(name: "a", runs: [try run("a1", [1, 4, 9]), try run("a2", [3, 4])])
    let layers = group.layers("loss", .epoch, LineStyle(.series(0)))
    guard case .band(let lower, let upper, _)? = layers.first, case .line(let mean, _)? = layers.last else {
      Issue.record("a band and a line are due")
      return
    }
    #expect(mean == [Point(1, 2), Point(2, 4)])
    #expect(abs(upper[0].y - 2 - 2.0.squareRoot()) < 1e-12 && abs(lower[0].y - 2 + 2.0.squareRoot()) < 1e-12)
    #expect(upper[1] == Point(2, 4))
  }

  @Test func curvesShowWhatIsLogged() throws {
    let one = try run("run", [3, 2, 1], valid: [3, 2.5, 2.6])
    #expect(charts(try CurvesFigure().figure([one])).map(\.title) == ["loss"])
    var chosen = CurvesFigure()
    chosen.panels = [.seconds]
    chosen.horizontal = .seconds
    let chart = try #require(charts(try chosen.figure([one])).first)
    #expect(chart.layers.first?.points == [Point(0.5, 0.5), Point(1, 0.5), Point(1.5, 0.5)])
    chosen.panels = [.lr]
    let failure = #expect(throws: Failure.self) { try chosen.figure([one]) }
    #expect(failure?.status == .usage)
    #expect(throws: Failure.self) { try CurvesFigure().figure([RunLog(name: "empty")]) }
  }

  private func predictions(_ p: [Float], classes: Int, labels: [Int64]?) -> Frame {
    var frame = Frame(.prediction, tensors: ["p": Tensor(p, shape: [p.count / classes, classes])], place: "p.st")
    if let labels { frame.tensors["y"] = Tensor(labels, shape: [labels.count]) }
    return frame
  }

  @Test func entropiesAreCountedByTheTruth() throws {
    var figure = EntropyFigure()
    try figure.add(predictions([1, 0, 0.5, 0.5, 0, 1], classes: 2, labels: [0, 1, 0]))
    let drawn = try figure.figure()
    #expect(drawn.legend.map(\.name) == ["right: 1 rows", "wrong: 2 rows"])
    var unlabelled = EntropyFigure()
    try unlabelled.add(predictions([1, 0, 0.5, 0.5], classes: 2, labels: nil))
    #expect(try unlabelled.figure().legend.map(\.name) == ["all: 2 rows"])
  }

  @Test func confusionIsThatOfTheEvaluation() throws {
    var figure = ConfusionFigure()
    try figure.add(predictions([1, 0, 0.5, 0.5, 0, 1], classes: 2, labels: [0, 1, 0]))
    let map = try #require(try figure.figure().panels.first as? HeatMap)
    #expect(map.counts == [1, 1, 1, 0])
    #expect(throws: Failure.self) { try ConfusionFigure().figure() }
  }

  @Test func calibrationOfBins() throws {
    var metrics = ClassificationMetrics(classes: 2)
    metrics.add([0.9, 0.1, 0.92, 0.08, 0.3, 0.7], labels: [0, 1, 1])
    #expect(metrics.calibration.map(\.rows) == [1, 2])
    #expect(metrics.calibration.map(\.accuracy) == [1, 0.5])
    #expect(abs(metrics.calibration[1].confidence - 0.91) < 1e-12)
  }

  @Test func aLogOfJoinedRunsIsSeveral() throws {
    var log = LogFile(name: "all")
    let text = Array("{\"epoch\":1,\"loss\":2}\n{\"epoch\":2,\"loss\":1}\n{\"epoch\":1,\"loss\":3}\n".utf8)
    try log.add(Tensor(text, shape: [text.count]))
    #expect(LogFile.runs(of: [log]).map(\.name) == ["all 1", "all 2"])
  }
}
