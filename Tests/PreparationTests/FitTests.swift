import Tensors
import Testing

import class Kernels.AlignedBuffer
import class Kernels.ThreadTeam

@testable import Preparation

struct FitTests {
  let team = ThreadTeam(threads: 2)

  func fit(_ x: Tensor, _ change: (inout FitRequest) -> Void) throws -> Fit {
    try Fit(.make(change), on: [x], place: "x", team: team)
  }

  @Test func constantFeaturesAreLeftAlone() throws {
    // 0.1 is no binary fraction: a mean of rounded sums would differ from it.
    let x = Tensor([Double](repeating: 0.1, count: 1000), shape: [1000, 1])
    let stage = try fit(x) { ($0.centers, $0.scales) = (true, true) }.stage
    #expect(stage.mean?.doubles == [0.1] && stage.std?.doubles == [1])
    #expect(try fit(x) { $0.minmax = true }.stage.std?.doubles == [1])
    #expect(throws: Failure.self) { try fit(x) { $0.components = .number(1) } }
  }

  @Test func oneRowHasAMeanAndNoComponents() throws {
    let x = Tensor([Float(3), 4], shape: [1, 2])
    let stage = try fit(x) { ($0.centers, $0.scales) = (true, true) }.stage
    #expect(stage.mean?.doubles == [3, 4] && stage.std?.doubles == [1, 1])
    #expect(throws: Failure.self) { try fit(x) { $0.components = .number(1) } }
    #expect(throws: Failure.self) { try fit(x) { $0.whitening = .zca } }
  }

  @Test func largestLoadingIsPositive() throws {
    let x = Tensor([Float(1), -5, 2, -10, 3, -15.5, 4, -20], shape: [4, 2])
    let components = try #require(try fit(x) { $0.components = .number(2) }.stage.components).doubles
    #expect(components[1] > 0.9 && components[0] < 0 && components[2] > 0.9)
  }

  @Test func rowsOfOneNumberWork() throws {
    let x = Tensor([Float(1), 2, 3, 6], shape: [4])
    let record = Preparation(stages: [try fit(x) { ($0.centers, $0.components) = (true, .number(1)) }.stage])
    let y = try record.apply(to: x, team: team)
    #expect(y.shape == [4, 1] && y.doubles == [-2, -1, 0, 3])
    #expect(try record.inverse(of: y, team: team) == x)
    #expect(throws: Failure.self) { try fit(x) { $0.flattens = true } }
  }

  /// The exact products of bytes and those in double precision give the same axes, beyond one block of rows too.
  @Test(arguments: [90, 2500])
  func bytesAgreeWithDoubles(rows: Int) throws {
    var state: UInt64 = 1
    let bytes = (0..<rows * 20).map { i -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56) / UInt8(1 + i % 20 / 3)
    }
    let x = Tensor(bytes, shape: [rows, 20])
    let wide = Tensor(bytes.map(Double.init), shape: [rows, 20])
    let moments = try Moments(RowSource([x]), place: "x", team: team)
    let scale = moments.deviations
    let a = try PrincipalComponents(
      RowSource([x]), moments, scale: scale, isComplete: false, place: "x", team: team)
    let b = try PrincipalComponents(
      RowSource([wide]), moments, scale: scale, isComplete: false, place: "x", team: team)
    #expect(distance(a.variances, b.variances) < 1e-12)
    #expect(distance(a.axes, b.axes) < 1e-9)
  }

  /// Bytes scaled to the range from 0 to 1 go the exact way too; where one value of a late row is no such number, all are
  /// taken as doubles.
  @Test(arguments: [nil, 1700])
  func scaledBytesAgreeWithDoubles(oddRow: Int?) throws {
    let (rows, columns) = (2500, 37)
    var state: UInt64 = 1
    var values = (0..<rows * columns).map { i -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(UInt8(truncatingIfNeeded: state >> 56) / UInt8(1 + i % columns / 3)) / 255
    }
    if let oddRow { values[oddRow * columns + 5] = 0.123 }
    let source = RowSource([Tensor(values, shape: [rows, columns])])
    let moments = try Moments(source, place: "x", team: team)
    let scale = [Double](repeating: 1, count: columns)
    let sum = AlignedBuffer<Double>(count: columns * columns)
    #expect(WholeNumberProducts.add(of: source, moments, to: sum, team) == (oddRow == nil))
    if oddRow != nil { #expect((0..<sum.count).allSatisfy { sum[$0] == 0 }) }
    let a = try PrincipalComponents(source, moments, scale: scale, isComplete: false, place: "x", team: team)
    let wide = RowSource([Tensor(values.map(Double.init), shape: [rows, columns])])
    let b = try PrincipalComponents(wide, moments, scale: scale, isComplete: false, place: "x", team: team)
    #expect(distance(a.variances, b.variances) < (oddRow == nil ? 1e-8 : 1e-15))
    #expect(distance(a.axes, b.axes) < (oddRow == nil ? 1e-5 : 1e-9))
  }

  /// The two ways to the axes, by values and by rows, agree.
  @Test func rowsAgreeWithColumns() throws {
    let x = try Fixture.golden("wide").frame.tensor("x")
    let source = RowSource([x])
    let moments = try Moments(source, place: "x", team: team)
    let scale = [Double](repeating: 2, count: 30)
    let byRows = try PrincipalComponents(source, moments, scale: scale, isComplete: false, place: "x", team: team)
    let byColumns = try PrincipalComponents(source, moments, scale: scale, isComplete: true, place: "x", team: team)
    #expect(byRows.variances.count == 5 && byColumns.rank == 5)
    #expect(distance(byRows.variances, Array(byColumns.variances.prefix(5))) < 1e-12)
    #expect(distance(byRows.axes, Array(byColumns.axes.prefix(150))) < 1e-9)
  }

  @Test func momentsOfManyBlocksAndTypes() throws {
    let values = (0..<30_000).map { Int64($0 % 250) }
    var sums: [Double] = [0, 0, 0]
    for (i, value) in values.enumerated() { sums[i % 3] += Double(value) }
    for x in [
      Tensor(values, shape: [10_000, 3]), Tensor(values.map(UInt8.init), shape: [10_000, 3]),
      Tensor(values.map(Float.init), shape: [10_000, 3]),
    ] {
      let moments = try Moments(RowSource([x]), place: "x", team: team)
      #expect(moments.sums == sums)
      #expect(moments.least == [0, 0, 0] && moments.greatest == [249, 249, 249])
      #expect(abs(moments.deviations[0] - 72.1682) < 1e-3)
    }
  }

  @Test func badValuesAreNamed() throws {
    var values = [Float](repeating: 1, count: 9000)
    values[7000] = .nan
    values[8000] = .infinity
    let failure = try #require(throws: Failure.self) {
      try fit(Tensor(values, shape: [3000, 3])) { $0.centers = true }
    }
    #expect(failure.message.contains("row 2333, value 1 is NaN"))
    let huge = Tensor([1e200, -1e200, 1e200], shape: [3, 1])
    #expect(throws: Failure.self) { try fit(huge) { $0.scales = true } }
  }

  @Test func rolesDecideWhatIsFitted() throws {
    var (train, test) = (try Fixture.frame("small"), try Fixture.frame("small"))
    train.metadata[Metadata.role] = "train"
    test.metadata[Metadata.role] = "test"
    test.tensors["x"] = Tensor([Float](repeating: 7, count: 36), shape: [12, 3])
    let request = FitRequest.make { $0.centers = true }
    let a = try FittedPreparation(request, on: [test, train], team: team)
    let b = try FittedPreparation(request, on: [train], team: team)
    #expect(a.preparation.agrees(with: b.preparation) && a.rows == 12)
    #expect(throws: Failure.self) { try FittedPreparation(request, on: [test], team: team) }
  }
}
