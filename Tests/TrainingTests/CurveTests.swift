import Tensors
import Testing

@testable import Training

@Suite("Curves")
struct CurveTests {
  // MARK: Reading

  private func values(_ text: String, piece: Int) throws -> [(line: Int, value: JSON)] {
    var lines = JSONLines(place: "log")
    var found: [(Int, JSON)] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let part = Array(bytes[start..<min(bytes.count, start + piece)])
      try lines.add(Tensor(part, shape: [part.count])) { value, line in found.append((line, value)) }
    }
    try lines.finish { value, line in found.append((line, value)) }
    return found
  }

  @Test("lines are found however they arrive", arguments: [1, 3, 1000])
  func pieces(_ piece: Int) throws {
    let found = try values("{\"a\":1}\n\n{\"a\":2}\r\n{\"a\":3}", piece: piece)
    #expect(found.map { $0.value["a"]?.integer } == [1, 2, 3])
    #expect(found.map(\.line) == [1, 3, 4])
  }

  @Test func halfALineAtTheEndIsLeftOut() throws {
    #expect(try values("{\"a\":1}\n{\"a\":", piece: 5).count == 1)
    #expect(throws: Failure.self) { try values("{\"a\":", piece: 5) }
  }

  @Test(
    "what is no log is told with its line", arguments: ["{\"a\":1}\nx\n", "{\"a\":1}\n[1]\n", "{\"a\":1}\n\u{0}\n"])
  func wrongLines(_ text: String) {
    let failure = #expect(throws: Failure.self) { try values(text, piece: 100) }
    #expect(failure?.message.hasPrefix("log: line 2 ") == true)
    #expect(failure?.status == .input)
  }

  private func log(
    _ loss: [Double], valid: [Double] = [], accuracy: [Double] = [], validAccuracy: [Double] = [],
    norms: [Double] = [], lr: (Int) -> Double = { _ in 0.1 }
  ) throws -> RunLog {
    var log = RunLog(name: "run")
    for i in loss.indices {
      var members: [(key: String, value: JSON)] = [
        ("epoch", .number(i + 1)), ("lr", .number(lr(i))), ("loss", .number(loss[i])),
      ]
      if i < valid.count { members.append(("valid_loss", .number(valid[i]))) }
      if i < accuracy.count { members.append(("accuracy", .number(accuracy[i]))) }
      if i < validAccuracy.count { members.append(("valid_accuracy", .number(validAccuracy[i]))) }
      if i < norms.count { members.append(("gradient_norms", .object([("0.weight", .number(norms[i]))]))) }
      members.append(("best", .bool(i == 2)))
      try log.add(.object(members))
    }
    return log
  }

  @Test func aLogIsReadByKey() throws {
    let log = try log([3, .nan, 1], valid: [4, 3, 2], norms: [1, 2, 3])
    #expect(log.epochs == [1, 2, 3])
    #expect(log.curve("loss").map(\.epoch) == [1, 3])
    #expect(log["loss"].count == 3)
    #expect(log["gradient_norms.0.weight"].map(\.value) == [1, 2, 3])
    #expect(log.best == 2)
    #expect(!log.isContinued(by: try JSON.parse("{\"epoch\":3}")))
    #expect(log.isContinued(by: try JSON.parse("{\"epoch\":4}")))
  }

  // MARK: Reading them as people do

  private func kinds(_ log: RunLog) -> [CurveFinding.Kind] { CurveDiagnosis(log).findings.map(\.kind) }

  /// 1/t from 1 on, which has levelled out by 30.
  private let falling = (1...30).map { 1 / Double($0 * $0) }

  @Test func healthyCurvesAreLeftInPeace() throws {
    #expect(
      kinds(try log(falling, valid: falling.map { $0 * 1.05 + 0.001 }, accuracy: [0.99], validAccuracy: [0.98])) == [
        .healthy
      ])
    #expect(kinds(try log([3, 2])) == [.tooShort])
  }

  @Test func runsThatFailAreTold() throws {
    #expect(kinds(try log([2, 1, .nan])) == [.notFinite])
    #expect(kinds(try log([2, 2.1, 2.3, 2.9])) == [.diverges])
    #expect(kinds(try log([2.3, 2.301, 2.299, 2.3, 2.3])) == [.flat])
  }

  @Test func eachShapeHasItsName() throws {
    let late: [Double] = [2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.29, 2.29] + falling
    #expect(kinds(try log(late)).first == .lateStart)
    let text = try #require(CurveDiagnosis(try log(late)).findings.first?.text)
    #expect(text.contains("from epoch 9 on"))
    let noisy: [Double] = (0..<31).map { i in
      let jump = 0.9 * Double(i % 2)
      return 1 + jump - 0.01 * Double(i)
    }
    #expect(kinds(try log(noisy)).contains(.noisy))
    let peak: [Double] = (0..<30).map { $0 == 17 ? 50 : 1 }
    #expect(kinds(try log(falling, norms: peak)).contains(.gradientPeaks))
    let falls = (0..<10).map { 1 - 0.05 * Double($0) }
    let rises = (1...20).map { 0.55 + 0.01 * Double($0) }
    let rising: [Double] = falls + rises
    #expect(kinds(try log(falling, valid: rising)) == [.overfit])
    #expect(kinds(try log(falling, valid: falling, accuracy: [1], validAccuracy: [0.9])).contains(.gap))
    let stopped: [Double] = (0..<30).map { 1 + pow(0.5, Double($0)) }
    let above: [Double] = stopped.map { $0 + 0.01 }
    let farAbove: [Double] = stopped.map { $0 + 0.5 }
    #expect(kinds(try log(stopped, valid: above)) == [.underfit])
    #expect(kinds(try log(stopped, valid: farAbove)) == [.plateau])
    #expect(kinds(try log(stopped, lr: { 1 / Double($0 + 1) })) == [.healthy])
    let line: [Double] = (0..<20).map { 2 - 0.05 * Double($0) }
    #expect(kinds(try log(line)) == [.unfinished])
  }

  private func pow(_ base: Double, _ exponent: Double) -> Double {
    (0..<Int(exponent)).reduce(1) { product, _ in product * base }
  }

  // MARK: Range tests

  @Test func aRangeTestIsReadBackFromItsLog() throws {
    let points = (0..<20).map { i in
      LearningRateCurve.Point(rate: 1e-4 * Double(i + 1), loss: abs(10 - Double(i)), smoothed: abs(10 - Double(i)) + 1)
    }
    let curve = LearningRateCurve(points)
    var read = LearningRateCurve()
    for line in curve.log.split(separator: "\n") { try read.add(try JSON.parse(String(line))) }
    #expect(read.suggestion == curve.suggestion)
    #expect(read.lowest?.rate == 1e-4 * 11)
    #expect(throws: Failure.self) { try read.add(try JSON.parse("{\"lr\":0,\"loss\":1,\"smoothed\":1}")) }
    #expect(throws: Failure.self) { try read.add(try JSON.parse("{\"epoch\":1}")) }
  }
}
