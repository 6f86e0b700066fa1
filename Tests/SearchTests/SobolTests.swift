import GoldenValues
import Tensors
import Testing

@testable import Search

struct SobolTests {
  @Test func pointsAreSciPys() throws {
    let expected = try Golden.read("search-sobol").tensor("points").doubles
    let sequence = SobolSequence(shifts: Array(repeating: 0, count: 64))
    let points = (0..<64).flatMap { sequence.point($0) }.map { $0 * 64 }
    #expect(points == expected)
  }

  /// Every coordinate of 2^m points has one in each of 2^m equal pieces, whatever the shift.
  @Test func shiftedPointsStayEven() {
    let shifts = (0..<64).map { UInt32(truncatingIfNeeded: ($0 + 1) * 2_654_435_761) }
    let sequence = SobolSequence(shifts: shifts)
    let points = (0..<256).map { sequence.point($0) }
    for dimension in 0..<64 {
      let pieces = Set(points.map { Int($0[dimension] * 256) })
      #expect(pieces == Set(0..<256))
      #expect(points.allSatisfy { $0[dimension] >= 0 && $0[dimension] < 1 })
    }
  }

  @Test func importanceIsOfKruskalAndWallis() throws {
    let frame = try Golden.read("search-importance")
    let (groups, ranks) = (try frame.tensor("groups").doubles, try frame.tensor("ranks").doubles)
    let h = try frame.tensor("h").doubles[0]
    let bins = (0..<4).map { g in zip(groups, ranks).filter { $0.0 == Double(g) }.map(\.1) }
    let share = try #require(Importance.share(bins))
    #expect(abs(share - (h - 3) / 20) < 1e-12)
    #expect(Importance.share([[1, 2, 3]]) == nil)
    #expect(Importance.share([[2, 2], [2, 2, 2]]) == 0)
    #expect(Importance.share([[1, 4], [2, 3]]) == 0)
  }
}
