import Tensors
import Testing

import class Kernels.ThreadTeam

@testable import Preparation

/// The record: where it is stored, what it refuses, and how data and models are brought together by it.
struct RecordTests {
  let team = ThreadTeam(threads: 1)

  func fitted(_ change: (inout FitRequest) -> Void, on name: String = "small") throws -> (Preparation, Frame) {
    let frame = try Fixture.frame(name)
    return (try FittedPreparation(.make(change), on: [frame], team: team).preparation, frame)
  }

  @Test func travelsInTheFirstFrame() throws {
    let (record, _) = try fitted { ($0.centers, $0.components) = (true, .number(1)) }
    var model = Frame(.model)
    record.store(into: &model)
    let read = try #require(try Preparation(frame: model))
    #expect(read.agrees(with: record) && read.identity == record.identity)
    #expect(read.inputShape == [3] && read.outputShape == [1])
    #expect(record.identity.hasPrefix("center pca:1#"))

    var later = Frame(.data, index: 1)
    record.store(into: &later)
    #expect(later.metadata == [Metadata.prepared: record.identity] && later.tensors.isEmpty)
    #expect(try Preparation(frame: later) == nil)
    #expect(try Preparation(frame: Frame(.model)) == nil)
  }

  @Test func rawDataIsTransformedAndPreparedDataPasses() throws {
    let (record, raw) = try fitted { $0.centers = true }
    let (other, _) = try fitted { $0.scales = true }
    let prepared = try prepare(raw, for: record, team: team)
    #expect(prepared.metadata[Metadata.prepared] == record.identity)
    #expect(try prepare(prepared, for: record, team: team).tensor("x") == prepared.tensor("x"))
    #expect(try prepare(raw, for: nil, team: team).tensor("x") == raw.tensor("x"))

    let differs = try #require(throws: Failure.self) { try prepare(prepared, for: other, team: team) }
    #expect(differs.status == .input)
    #expect(differs.message.contains(record.identity) && differs.message.contains(other.identity))
    let unwanted = try #require(throws: Failure.self) { try prepare(prepared, for: nil, team: team) }
    #expect(unwanted.message.contains(record.identity))
  }

  @Test func laterFramesAreKnownByTheirIdentity() throws {
    let (record, raw) = try fitted { $0.centers = true }
    for frame in Fixture.chunked(raw, rows: 5) {
      let prepared = try prepare(frame, for: record, team: team)
      #expect(prepared.index == frame.index && prepared.isLast == frame.isLast)
      #expect((prepared.tensors["prep.0.mean"] != nil) == (frame.index == 0))
      #expect(try prepare(prepared, for: record, team: team).tensor("x") == prepared.tensor("x"))
      #expect(try restore(prepared, from: record, team: team).tensor("x") == frame.tensor("x"))
    }
  }

  @Test func stagesAreAppended() throws {
    let (first, raw) = try fitted { $0.minmax = true }
    let once = try prepare(raw, for: first, team: team)
    let twice = try FittedPreparation(.make { $0.centers = true }, on: [once], team: team)
    #expect(twice.preparation.text == "minmax; center")
    let (a, b) = (
      try twice.apply(to: once, team: team).tensor("x"), try twice.preparation.apply(to: raw.tensor("x"), team: team)
    )
    #expect(distance(a.doubles, b.doubles) < 1e-6)
  }

  static let damages: [@Sendable (inout Frame) -> Void] = [
    { $0.metadata["nn.prep"] = nil },
    { $0.metadata["nn.prep"] = "" },
    { $0.metadata["nn.prep"] = "center; center" },
    { $0.metadata["nn.prep"] = "center scale pca:3 whiten" },
    { $0.metadata["nn.prep"] = "center scale pca:1" },
    { $0.metadata["nn.prep"] = "center scale pca:1 polish" },
    { $0.metadata["nn.prep"] = "center flatten:4 scale pca:1 whiten" },
    { $0.metadata["nn.prep"] = "center flatten:99999999999x99999999999 scale pca:1 whiten" },
    { $0.metadata["nn.prepared"] = "center scale pca:1 whiten#00000000" },
    { $0.tensors["prep.0.mean"] = nil },
    { $0.tensors["prep.0.mean"] = Tensor([1.0, 2], shape: [2]) },
    { $0.tensors["prep.0.mean"] = Tensor([1.0, .nan, 2], shape: [3]) },
    { $0.tensors["prep.0.mean"] = Tensor([Int64](repeating: 0, count: 3), shape: [3]) },
    { $0.tensors["prep.0.std"] = Tensor([1.0, 0, 2], shape: [3]) },
    { $0.tensors["prep.0.std"] = Tensor([1.0, 1e-320, 2], shape: [3]) },
    { $0.tensors["prep.0.std"] = Tensor([1.0, 2], shape: [2]) },
    { $0.tensors["prep.0.components"] = nil },
    { $0.tensors["prep.0.components"] = Tensor([1.0, 2, 3], shape: [3]) },
    { $0.tensors["prep.0.components"] = Tensor([1.0, 2], shape: [1, 2]) },
    { $0.tensors["prep.0.deviations"] = nil },
    { $0.tensors["prep.0.deviations"] = Tensor([1.0, 2], shape: [2]) },
    { $0.tensors["prep.0.deviations"] = Tensor([-1.0], shape: [1]) },
    { $0.tensors["prep.0.deviations"] = Tensor([1e-320], shape: [1]) },
    { $0.tensors["prep.1.mean"] = Tensor([1.0], shape: [1]) },
    { $0.tensors["prep.0.other"] = Tensor([1.0], shape: [1]) },
  ]

  @Test(arguments: damages.indices)
  func damageIsRefused(_ i: Int) throws {
    let (record, _) = try fitted { ($0.scales, $0.components, $0.whitening) = (true, .number(1), .pca) }
    var frame = record.frame
    RecordTests.damages[i](&frame)
    let failure = try #require(throws: Failure.self) { _ = try Preparation(frame: frame) }
    #expect(failure.status == .input && !failure.message.contains("\n"))
  }

  @Test func otherShapesAndBadValuesAreRefused() throws {
    let (record, _) = try fitted { $0.centers = true }
    for x in [
      Tensor([Float](repeating: 1, count: 4), shape: [2, 2]),
      Tensor([Float](repeating: 1, count: 3), shape: [1, 1, 3]),
      Tensor([Float(1)], shape: []), Tensor([Float(1), .nan, 2], shape: [1, 3]),
      Tensor([1.0, 1e300, 2], shape: [1, 3]),
    ] {
      #expect(throws: Failure.self) { try record.apply(to: x, team: team) }
    }
    let empty = try record.apply(to: Tensor([Float](), shape: [0, 3]), team: team)
    #expect(empty.shape == [0, 3])
  }

  /// Numbers that are finite, and large or small enough to give some that are not.
  @Test func resultsThatAreNotFiniteAreRefused() throws {
    var record = Frame(
      .prep, metadata: ["nn.prep": "center pca:2"],
      tensors: [
        "prep.0.mean": Tensor([0.0, 0, 0], shape: [3]),
        "prep.0.components": Tensor([Float(1), 0, 0, 3e38, 3e38, 0], shape: [2, 3]),
      ])
    let x = Tensor([Float(1), 0, 0, 1, 1, 1], shape: [2, 3])
    let projected = try #require(throws: Failure.self) {
      try Preparation(frame: record)?.apply(to: x, at: "x.st", team: team)
    }
    #expect(projected.status == .input && projected.message.hasPrefix("x.st: 'x' row 1, value 1 is not finite"))
    record.metadata["nn.prep"] = "center pca:2 whiten"
    record.tensors["prep.0.components"] = Tensor([Float(1), 0, 0, 0, 1, 0], shape: [2, 3])
    record.tensors["prep.0.deviations"] = Tensor([1, 1e-300], shape: [2])
    let whitened = try #require(throws: Failure.self) {
      try Preparation(frame: record)?.apply(to: x, at: "x.st", team: team)
    }
    #expect(whitened.message.hasPrefix("x.st: 'x' row 1, value 1 is not finite"))
    record.metadata["nn.prep"] = "center scale"
    record.tensors = [
      "prep.0.mean": Tensor([0.0, 0, 0], shape: [3]), "prep.0.std": Tensor([1, 1, 1e300], shape: [3]),
    ]
    let scaled = try #require(throws: Failure.self) {
      _ = try Preparation(frame: record)?.inverse(of: x, team: team)
    }
    #expect(scaled.message.hasPrefix("'x' row 1, value 2 is not finite in the result"))
  }
}
