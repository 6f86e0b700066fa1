import Tensors
import Testing

import class Kernels.ThreadTeam

@testable import Preparation

/// Results of scikit-learn, from Tests/Fixtures/preparation.py.
struct GoldenTests {
  static let cases: [(String, FitRequest)] = [
    ("standard", .make { ($0.centers, $0.scales) = (true, true) }),
    ("minmax", .make { $0.minmax = true }),
    ("pca2", .make { $0.components = .number(2) }),
    ("pca-share", .make { $0.components = .share(0.9) }),
    ("whiten3", .make { ($0.components, $0.whitening) = (.number(3), .pca) }),
    ("scale-whiten", .make { ($0.scales, $0.whitening) = (true, .pca) }),
    ("zca", .make { $0.whitening = .zca }),
    ("zca-half", .make { ($0.whitening, $0.epsilon) = (.zca, 0.5) }),
    ("bytes", .make { ($0.components, $0.whitening) = (.number(6), .pca) }),
    ("channel", .make { ($0.centers, $0.scales, $0.per) = (true, true, .channel) }),
    ("all", .make { ($0.centers, $0.scales, $0.per) = (true, true, .all) }),
    ("wide", .make { ($0.components, $0.whitening) = (.number(4), .pca) }),
    ("far", .make { ($0.centers, $0.scales) = (true, true) }),
  ]

  @Test(arguments: cases)
  func agrees(name: String, request: FitRequest) throws {
    let (frame, expected) = try Fixture.golden(name)
    let team = ThreadTeam(threads: 1)
    let fitted = try FittedPreparation(request, on: [frame], team: team)
    let result = try fitted.apply(to: frame, team: team).tensor("x")
    #expect(result.type == .float32)
    #expect(distance(result.doubles, expected) < 5e-6, "\(name)")
  }

  /// The same bytes for any number of threads and for any division into frames.
  @Test(arguments: cases)
  func isTheSameForAnyThreadsAndChunks(name: String, request: FitRequest) throws {
    let (frame, _) = try Fixture.golden(name)
    let (one, three) = (ThreadTeam(threads: 1), ThreadTeam(threads: 3))
    let whole = try FittedPreparation(request, on: [frame], team: one)
    let parts = try FittedPreparation(request, on: Fixture.chunked(frame, rows: 7), team: three)
    #expect(whole.preparation.agrees(with: parts.preparation))
    let x = try frame.tensor("x")
    let y = try whole.preparation.apply(to: x, team: one)
    #expect(try y == parts.preparation.apply(to: x, team: three))
    // Computed when they are written, the bytes are the same.
    let written = try whole.preparation.apply(to: x, team: three, isWritten: true)
    #expect(written.checksum(after: 5) == y.checksum(after: 5))
    #expect(written == y && written.checksum(after: 5) == y.checksum(after: 5))
  }

  /// Whatever keeps all components can be undone.
  @Test(arguments: cases.filter { $0.1.components == nil })
  func isUndone(name: String, request: FitRequest) throws {
    let (frame, _) = try Fixture.golden(name)
    let team = ThreadTeam(threads: 2)
    let fitted = try FittedPreparation(request, on: [frame], team: team)
    let back = try restore(try fitted.apply(to: frame, team: team), from: fitted.preparation, team: team)
    #expect(back.metadata[Metadata.prepared] == nil)
    #expect(back.tensors.keys.sorted() == ["x"])
    let (found, expected) = (try back.tensor("x").doubles, try frame.tensor("x").doubles)
    let size = expected.reduce(0) { max($0, abs($1)) }
    #expect(distance(found, expected) < 2e-6 * size, "\(name)")
  }
}
