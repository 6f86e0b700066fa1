#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Tensors
import Testing
import Training

@Suite struct UncertaintyTests {
  /// Rows of four classes with probabilities softmax(z), and classes drawn from softmax(z / temperature).
  private func frame(rows: Int, temperature: Double, seed: UInt64, information: Bool = false) -> Frame {
    var stream = RandomStream(seed: seed, purpose: 1, index: 0)
    var (p, y): ([Float], [Int64]) = ([], [])
    for _ in 0..<rows {
      let z = (0..<4).map { _ in 6 * stream.nextDouble() }
      let powers = z.map { exp($0) }
      p += powers.map { Float($0 / powers.reduce(0, +)) }
      let shares = z.map { exp($0 / temperature) }
      var mark = stream.nextDouble() * shares.reduce(0, +)
      y.append(
        Int64(
          shares.firstIndex {
            mark -= $0; return mark < 0
          } ?? 3))
    }
    var tensors = ["p": Tensor(p, shape: [rows, 4]), "y": Tensor(y, shape: [rows])]
    if information {
      tensors["mutual_information"] = Tensor((0..<rows).map { Float($0 % 7) }, shape: [rows])
    }
    return Frame(.prediction, tensors: tensors)
  }

  private func metrics(_ frames: [Frame], unseen: Frame? = nil, _ change: (inout Evaluation.Options) -> Void) throws
    -> [String: Double]
  {
    var options = Evaluation.Options()
    change(&options)
    var evaluation = Evaluation(options)
    for frame in frames { try evaluation.add(frame) }
    if let unseen { try evaluation.addUnseen(unseen) }
    return Dictionary(
      uniqueKeysWithValues: try evaluation.result().metrics.compactMap { m in m.value.map { (m.name, $0) } })
  }

  private func rows(_ frame: Frame) -> [(p: [Double], y: Int, information: Double)] {
    let (p, y) = (frame.tensors["p"]?.floats ?? [], frame.tensors["y"]?.integers ?? [])
    let information = frame.tensors["mutual_information"]?.floats
    return y.indices.map { i in
      (p[4 * i..<4 * i + 4].map(Double.init), Int(y[i]), Double(information?[i] ?? 0))
    }
  }

  /// The share of pairs in which the first is greater, ties counting half.
  private func share(_ greater: [Double], _ less: [Double]) -> Double {
    let wins = greater.flatMap { a in less.map { b in a > b ? 1 : a == b ? 0.5 : 0 } }
    return wins.reduce(0, +) / Double(wins.count)
  }

  @Test func areasAreSharesOfPairs() throws {
    let seen = frame(rows: 150, temperature: 2, seed: 1, information: true)
    let unseen = frame(rows: 60, temperature: 2, seed: 2, information: true)
    let found = try metrics([seen], unseen: unseen) { $0.uncertainty = true }
    let measures: [(String, ((p: [Double], y: Int, information: Double)) -> Double)] = [
      ("confidence", { Double(Float(1 - $0.p.max()!)) }),
      ("entropy", { Double(Float(-$0.p.reduce(0) { $0 + $1 * log($1) })) }),
      ("information", { $0.information }),
    ]
    for (name, doubt) in measures {
      let isWrong = { (row: (p: [Double], y: Int, information: Double)) in row.p.firstIndex(of: row.p.max()!) != row.y }
      let wrong = rows(seen).filter(isWrong).map(doubt)
      let right = rows(seen).filter { !isWrong($0) }.map(doubt)
      let areaOfWrong = try #require(found["auc_wrong_\(name)"])
      let areaOfUnseen = try #require(found["auc_unseen_\(name)"])
      #expect(abs(areaOfWrong - share(wrong, right)) < 1e-12, "\(name)")
      #expect(abs(areaOfUnseen - share(rows(unseen).map(doubt), rows(seen).map(doubt))) < 1e-12, "\(name)")
    }
  }

  @Test func informationIsLeftOutWhereItIsNotKnown() throws {
    let frames = [true, false].map { frame(rows: 50, temperature: 2, seed: 3, information: $0) }
    let found = try metrics(frames) { $0.uncertainty = true }
    #expect(found["auc_wrong_entropy"] != nil && found["auc_wrong_information"] == nil)
  }

  /// Beside a search over a grid of the loss itself, in plain loops.
  @Test(arguments: [0.5, 1, 2.5]) func temperatureHasTheSmallestLoss(_ temperature: Double) throws {
    let frame = frame(rows: 4000, temperature: temperature, seed: 4)
    let found = try metrics([frame]) { $0.calibration = true }
    func loss(_ t: Double) -> Double {
      rows(frame).reduce(0) { sum, row in
        let z = row.p.map { log($0) / t }
        return sum + log(z.reduce(0) { $0 + exp($1) }) - z[row.y]
      } / 4000
    }
    let value = try #require(found["temperature"])
    let least = loss(value)
    #expect(abs(value / temperature - 1) < 0.1)
    #expect([0.9, 0.99, 0.999, 1.001, 1.01, 1.1].allSatisfy { loss(value * $0) > least })
    #expect(abs(try #require(found["calibrated_nll"]) - least) < 1e-6)
    #expect(try #require(found["calibrated_ece"]) < 0.03)
  }

  /// Predictions that are all right and sure leave no smallest loss: 1 where they cannot be surer, none where they could ever be.
  @Test func nothingToCalibrate() throws {
    let frame = Frame(
      .prediction,
      tensors: ["p": Tensor([1, 0, 0, 1] as [Float], shape: [2, 2]), "y": Tensor([0, 1] as [Int64], shape: [2])])
    let found = try metrics([frame]) { $0.calibration = true }
    #expect(found["temperature"] == 1)
    let sure = Frame(
      .prediction,
      tensors: [
        "p": Tensor([0.6, 0.4, 0.3, 0.7] as [Float], shape: [2, 2]), "y": Tensor([0, 1] as [Int64], shape: [2]),
      ])
    #expect(try metrics([sure]) { $0.calibration = true }["temperature"] == nil)
  }
}
