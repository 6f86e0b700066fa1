import Tensors
import Testing

@testable import Preparation

struct SplitTests {
  func request(_ change: (inout SplitRequest) -> Void) -> SplitRequest {
    var request = SplitRequest()
    change(&request)
    return request
  }

  /// Labels of 97 rows in four classes of 60, 30, 6 and 1 rows.
  var labels: [Int] { (0..<97).map { $0 < 60 ? 0 : $0 < 90 ? 1 : $0 < 96 ? 2 : 3 } }

  var part: DataPart {
    get throws {
      try DataPart(
        Frame(
          .data,
          tensors: [
            "x": Tensor((0..<97).map(Float.init), shape: [97, 1]),
            "y": Tensor(labels.map(Int64.init), shape: [97]),
          ]))
    }
  }

  @Test func largestRemainders() {
    #expect(Strata.allocate(10, over: [60, 30, 6, 1]) == [6, 3, 1, 0])
    #expect(Strata.allocate(2, over: [1, 1, 1]) == [1, 1, 0])
    #expect(Strata.allocate(0, over: [3, 2]) == [0, 0])
    #expect(Strata.allocate(5, over: [3, 2]) == [3, 2])
    #expect(Strata.allocate(3, over: [0, 4]) == [0, 3])
    #expect(Strata.allocate(1, over: []) == [])
    for total in 0...97 {
      let counts = Strata.allocate(total, over: [60, 30, 6, 1])
      #expect(counts.reduce(0, +) == total)
      for (count, size) in zip(counts, [60, 30, 6, 1]) {
        #expect(count <= size && abs(Double(count) - Double(total * size) / 97) < 1)
      }
    }
  }

  @Test func partsAreExactAndDisjoint() throws {
    let split = try RowSplit(try part, request { ($0.valid, $0.test, $0.seed) = (.share(0.1), .rows(20), 3) })
    #expect(split.parts.map(\.role) == ["train", "valid", "test"])
    #expect(split.parts.map(\.rows.count) == [67, 10, 20])
    #expect(split.parts.flatMap(\.rows).sorted() == Array(0..<97))
    #expect(split.parts[2].rows.count { labels[$0] == 0 } == 13)
    #expect(split.parts[1].rows.count { labels[$0] == 0 } == 6)
    let again = try RowSplit(try part, request { ($0.valid, $0.test, $0.seed) = (.share(0.1), .rows(20), 3) })
    #expect(split.parts.map(\.rows) == again.parts.map(\.rows))
    let other = try RowSplit(try part, request { ($0.valid, $0.test, $0.seed) = (.share(0.1), .rows(20), 4) })
    #expect(split.parts.map(\.rows) != other.parts.map(\.rows))
  }

  @Test(arguments: [2, 3, 10, 97])
  func foldsHoldEachRowOnce(count: Int) throws {
    var folds: [[Int]] = []
    for i in 1...count {
      let split = try RowSplit(try part, request { $0.fold = Deal(index: i, of: count) })
      #expect(split.parts[0].rows.count + split.parts[1].rows.count == 97)
      folds.append(split.parts[1].rows)
    }
    #expect(folds.joined().sorted() == Array(0..<97))
    for id in 0..<4 {
      let sizes = folds.map { fold in fold.count { labels[$0] == id } }
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
    let sizes = folds.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test func chunksMakeNoDifference() throws {
    let small = try Fixture.frame("small")
    let wanted = request { ($0.valid, $0.seed) = (.share(0.25), 1) }
    var chunked: DataPart?
    for frame in Fixture.chunked(small, rows: 5) {
      if chunked == nil { chunked = try DataPart(frame) } else { try chunked?.append(frame) }
    }
    let whole = try RowSplit(try DataPart(small), wanted)
    let parts = try RowSplit(try #require(chunked), wanted)
    for (a, b) in zip(whole.parts, parts.parts) {
      let (one, other) = (try whole.frame(a), try parts.frame(b))
      #expect(one.metadata == other.metadata)
      for name in ["x", "y"] { #expect(try one.tensor(name) == other.tensor(name)) }
    }
  }

  @Test func takenRowsKeepTheirShares() throws {
    let split = try RowSplit(try part, request { $0.take = 32 })
    #expect(split.parts.count == 1 && split.parts[0].role == nil)
    #expect((0..<4).map { id in split.parts[0].rows.count { labels[$0] == id } } == [20, 10, 2, 0])
  }

  @Test func wrongDataIsRefused() throws {
    let x = Tensor([Float(1), 2], shape: [2, 1])
    for tensors in [
      ["x": Tensor([Float(1)], shape: [])],
      ["x": Tensor([Float](), shape: [1 << 60, 0])],
      ["x": x, "y": Tensor([Int64(1)], shape: [1])],
      ["x": x, "other": Tensor([Int64(1)], shape: [1])],
      ["y": Tensor([Int64(1)], shape: [1])],
    ] {
      #expect(throws: Failure.self) { try DataPart(Frame(.data, tensors: tensors)) }
    }
    var part = try DataPart(Frame(.data, tensors: ["x": x]))
    let prepared = Frame(.data, metadata: [Metadata.prepared: "center#01234567"], tensors: ["x": x])
    #expect(throws: Failure.self) { try part.append(prepared) }
    let negative = try DataPart(Frame(.data, tensors: ["x": x, "y": Tensor([Int64(-1), 0], shape: [2])]))
    #expect(throws: Failure.self) { try RowSplit(negative, SplitRequest()) }
  }
}
