import Glibc
import Kernels
import Testing

/// Denormals count as 0 in a thread that asked for it, and in those it makes.
@Suite struct DenormalTests {
  /// What a thread found, and threads that it makes find.
  private final class Found: @unchecked Sendable {
    var before: Float = 0
    var after: Float = 1
    var inTeam: [Float] = [1, 1, 1, 1]
    var tiny: Float = .leastNormalMagnitude
    func half() -> Float { tiny / 2 }
  }

  @Test func threadsOfATeamFlush() {
    let found = Found()
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(found).toOpaque()
    // A thread of its own: those of the other tests compute exactly.
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let found = Unmanaged<Found>.fromOpaque(argument).takeRetainedValue()
        found.before = found.half()
        flushDenormals()
        found.after = found.half()
        let team = ThreadTeam(threads: 3)
        team.forEach(4) { found.inTeam[$0] = found.half() }
        return nil
      }, argument)
    #expect(status == 0)
    pthread_join(thread, nil)
    #expect(found.before > 0)
    #expect(found.after == 0)
    #expect(found.inTeam == [0, 0, 0, 0])
    #expect(found.half() > 0)
  }
}
