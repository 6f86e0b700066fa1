import struct Kernels.RandomStream
import Tensors

/// The steps of a split after the shuffle.
struct Divider {
  let request: SplitRequest
  /// The rows, in the order in which parts list them.
  let order: [Int]
  /// The class of each row of the data; nil where classes are not looked at.
  let labels: [Int]?
  /// The group of each row of the data; nil where there are none.
  let groups: [Int]?
  let place: String

  /// The parts; those of data that is not split keep their role.
  func parts(role: String?) throws(Failure) -> [RowSplit.Part] {
    var pool = pool(of: try taken())
    if let shard = request.shard {
      let hand = try hand("shard", shard, &pool)
      pool = self.pool(of: order.filter(Set(hand).contains))
    }
    let total = pool.count
    // Which part each row goes to: 0 none, then the roles in their order.
    let roles: [String?] = request.roles.isEmpty ? [role] : request.roles
    var partOfRow = [UInt8](repeating: 0, count: (order.max() ?? 0) + 1)
    func mark(_ rows: some Sequence<Int>, _ role: String?) {
      let number = UInt8((roles.firstIndex(of: role) ?? 0) + 1)
      for row in rows { partOfRow[row] = number }
    }
    if let fold = request.fold { mark(try hand("fold", fold, &pool), request.foldRole) }
    for (role, size) in [("test", request.test), ("valid", request.valid)] {
      guard let size else { continue }
      let count = size.count(of: total)
      guard count > 0 else { throw .input("\(place): the part '\(role)' would be empty: \(total) rows in all") }
      guard count < pool.count else {
        throw .input("\(place): the part 'train' would be empty: '\(role)' takes \(count) of \(pool.count) rows left")
      }
      let rows = pool.removeLast(count)
      guard !rows.isEmpty else {
        throw .input("\(place): the part '\(role)' would be empty: no group has as few as \(count) rows")
      }
      mark(rows, role)
    }
    guard request.isBootstrap else {
      mark(pool.rows, roles[0])
      return roles.enumerated().map { i, role in
        RowSplit.Part(role: role, rows: order.filter { partOfRow[$0] == i + 1 })
      }
    }
    var stream = RandomStream(seed: UInt64(request.seed), purpose: Shuffle.purpose, index: 1)
    let (drawn, left) = pool.resample(&stream)
    guard !left.isEmpty else { throw .input("\(place): the part 'valid' would be empty: every row was drawn") }
    mark(left, "valid")
    return roles.enumerated().map { i, role in
      RowSplit.Part(role: role, rows: i == 0 ? ordered(drawn, &stream) : order.filter { partOfRow[$0] == i + 1 })
    }
  }

  /// The rows that `--take` leaves. Groups may lose rows by it, which parts none.
  private func taken() throws(Failure) -> [Int] {
    guard let take = request.take else { return order }
    guard take <= order.count else { throw .input("\(place): --take \(take): \(Divider.thereAre(order.count, "row"))") }
    var strata = Strata(order: order, labels: labels)
    strata.keepFirst(take)
    return order.filter(Set(strata.rows).contains)
  }

  private func pool(of rows: [Int]) -> any RowPool {
    guard let groups else { return Strata(order: rows, labels: labels) }
    return RowGroups(order: rows, ids: groups, labels: labels, isShuffled: request.isShuffled)
  }

  private func hand(_ name: String, _ deal: Deal, _ pool: inout any RowPool) throws(Failure) -> [Int] {
    guard deal.count <= pool.largestDeal else {
      throw .input(
        "\(place): --\(name)s \(deal.count): \(Divider.thereAre(pool.largestDeal, groups == nil ? "row" : "group"))")
    }
    let rows = pool.removeHand(deal.index - 1, of: deal.count)
    guard !rows.isEmpty else { throw .input("\(place): --\(name) \(deal.index): no group is left for it") }
    return rows
  }

  /// Drawn rows in random order, or where rows are not shuffled in theirs.
  private func ordered(_ drawn: [Int], _ stream: inout RandomStream) -> [Int] {
    if request.isShuffled { return stream.permutation(drawn.count).map { drawn[Int($0)] } }
    var counts: [Int: Int] = [:]
    for row in drawn { counts[row, default: 0] += 1 }
    return order.flatMap { Array(repeating: $0, count: counts[$0] ?? 0) }
  }

  private static func thereAre(_ count: Int, _ what: String) -> String {
    count == 1 ? "there is 1 \(what)" : "there are \(count) \(what)s"
  }
}
