import GoldenValues
import Tensors
import Testing

@testable import Preparation

struct GroupTests {
  private func integers(_ name: String, _ file: String) throws -> [Int] {
    try #require(try Golden.read(file).tensor(name).integers).map(Int.init)
  }

  /// The fold of each row, when it is held out in turn.
  private func folds(_ count: Int, _ part: DataPart, stratified: Bool = true) throws -> [Int] {
    var folds = [Int](repeating: -1, count: part.rows)
    for i in 1...count {
      var request = SplitRequest()
      (request.isShuffled, request.isStratified, request.fold) = (false, stratified, Deal(index: i, of: count))
      for row in try RowSplit(part, request).parts[1].rows { folds[row] = i - 1 }
    }
    return folds
  }

  private func part(y: [Int], group: [Int]? = nil) throws -> DataPart {
    let n = y.count
    var frame = Frame(.data, tensors: ["x": Tensor((0..<n).map(Float.init), shape: [n, 1])])
    frame.tensors["y"] = Tensor(y.map(Int64.init), shape: [n])
    if let group { frame.tensors["group"] = Tensor(group.map(Int64.init), shape: [n]) }
    return try DataPart(frame)
  }

  @Test func stratifiedFoldsAreOfScikitLearnsSizes() throws {
    let y = try integers("y", "folds-stratified")
    let expected = try integers("counts", "folds-stratified")
    let folds = try folds(5, try part(y: y))
    var counts = [Int](repeating: 0, count: 50)
    for (fold, id) in zip(folds, y) { counts[fold * 10 + id] += 1 }
    #expect(counts == expected)
  }

  @Test func groupedFoldsAreScikitLearns() throws {
    let (y, group) = (try integers("y", "folds-grouped"), try integers("group", "folds-grouped"))
    let part = try part(y: y, group: group)
    #expect(try folds(4, part) == integers("fold", "folds-grouped"))
    let plain = try folds(4, part, stratified: false)
    let expected = try integers("plain", "folds-grouped")
    func sizes(_ folds: [Int]) -> [Int] { (0..<4).map { i in folds.count { $0 == i } }.sorted() }
    #expect(sizes(plain) == sizes(expected))
  }

  @Test(arguments: [true, false])
  func noPartPartsAGroup(stratified: Bool) throws {
    let (y, group) = (try integers("y", "folds-grouped"), try integers("group", "folds-grouped"))
    let part = try part(y: y, group: group)
    func split(_ change: (inout SplitRequest) -> Void) throws -> [[Int]] {
      var request = SplitRequest()
      (request.seed, request.isStratified) = (5, stratified)
      change(&request)
      let parts = try RowSplit(part, request).parts.map(\.rows)
      let groups = parts.map { rows in Set(rows.map { group[$0] }) }
      for i in groups.indices {
        for j in groups.indices where i < j { #expect(groups[i].isDisjoint(with: groups[j])) }
      }
      return parts
    }
    let thirds = try split { ($0.valid, $0.test) = (.share(0.2), .rows(70)) }
    #expect(thirds.map(\.count).reduce(0, +) == 300)
    #expect((50...60).contains(thirds[1].count) && (60...70).contains(thirds[2].count))
    #expect(try split { $0.fold = Deal(index: 2, of: 5) }.map(\.count).reduce(0, +) == 300)
    let shards = try (1...3).map { i in try split { $0.shard = Deal(index: i, of: 3) }[0] }
    #expect(shards.joined().sorted() == Array(0..<300))
    let bag = try split { $0.isBootstrap = true }
    #expect(Set(bag[0]).count + bag[1].count == 300)
    #expect(throws: Failure.self) { try split { $0.fold = Deal(index: 1, of: 41) } }
    #expect(try split { ($0.keepsGroups, $0.take) = (false, 7) }[0].count == 7)
  }

  @Test func bootstrapsDrawWithReplacement() throws {
    let y = (0..<1000).map { $0 < 300 ? 0 : 1 }
    func bag(_ seed: Int, shuffled: Bool = true) throws -> [[Int]] {
      var request = SplitRequest()
      (request.seed, request.isBootstrap, request.isShuffled) = (seed, true, shuffled)
      let parts = try RowSplit(try part(y: y), request).parts
      #expect(parts.map(\.role) == ["train", "valid"])
      return parts.map(\.rows)
    }
    let rows = try bag(1)
    #expect(rows[0].count == 1000 && rows[0].count { $0 < 300 } == 300)
    #expect(Set(rows[0]).union(rows[1]) == Set(0..<1000) && Set(rows[0]).isDisjoint(with: rows[1]))
    // 1/e of the rows are never drawn, with a standard deviation of about 10.
    #expect((320...415).contains(rows[1].count))
    #expect(rows[0] != rows[0].sorted())
    #expect(try bag(1) == rows)
    #expect(try bag(2) != rows)
    let unshuffled = try bag(1, shuffled: false)
    #expect(unshuffled[0] == unshuffled[0].sorted())
    var request = SplitRequest()
    request.isBootstrap = true
    #expect(throws: Failure.self) { try RowSplit(try part(y: [0]), request) }
  }
}
