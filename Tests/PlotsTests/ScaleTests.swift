import Testing

@testable import Plots

@Suite("Scales and ticks")
struct ScaleTests {
  private func labels(_ kind: Scale.Kind, _ domain: ClosedRange<Double>, atMost count: Int) -> [String] {
    Ticks.of(Scale(kind, of: [domain.lowerBound, domain.upperBound]), atMost: count).map(\.label)
  }

  @Test func stepsAreNiceNumbers() {
    #expect(labels(.linear, 0...1, atMost: 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(.linear, 0...100, atMost: 5) == ["0", "50", "100"])
    #expect(
      labels(.linear, -0.03...0.04, atMost: 8) == ["-0.03", "-0.02", "-0.01", "0.00", "0.01", "0.02", "0.03", "0.04"])
    #expect(labels(.whole, 1...3, atMost: 10) == ["1", "2", "3"])
    #expect(labels(.linear, 0...3e7, atMost: 4) == ["0", "1e7", "2e7", "3e7"])
    #expect(labels(.linear, 0...2.5e-6, atMost: 6) == ["0", "5e-7", "1.0e-6", "1.5e-6", "2.0e-6", "2.5e-6"])
  }

  @Test func logarithmicTicksArePowersOfTen() {
    #expect(labels(.logarithmic, 1e-5...10, atMost: 8) == ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1", "10"])
    #expect(labels(.logarithmic, 1e-5...10, atMost: 4) == ["1e-5", "0.001", "0.1", "10"])
    #expect(labels(.logarithmic, 0.3...6, atMost: 8) == ["0.5", "1", "2", "5"])
  }

  @Test func hostileNumbersHaveNoPlace() {
    let scale = Scale(.linear, of: [.nan, .infinity, -1e308, 1e308, 2, 4])
    #expect(scale.domain == 2...4)
    #expect(scale.share(.nan) == nil)
    #expect(Scale(.logarithmic, of: [0, -1, 1, 100]).domain == 1...100)
    let domains: [ClosedRange<Double>] = [
      1e300...1e300, 0.2...1e300, 0...0, 1e-320...1e-320, -1e300...1e300, 1...(1 + 1e-15),
    ]
    for domain in domains {
      for kind in [Scale.Kind.linear, .logarithmic, .whole] {
        let scale = Scale(kind, of: [domain.lowerBound, domain.upperBound]).widened(ticks: 5)
        #expect(scale.domain.lowerBound < scale.domain.upperBound && scale.domain.upperBound.isFinite)
        #expect(Ticks.of(scale, atMost: 5).count <= 12, "\(kind) \(domain)")
      }
    }
  }

  @Test func reductionKeepsWhatIsSeen() {
    let points = (0..<100_000).map { Point(Double($0) / 1000, $0 == 54_321 ? 50 : 1) }
    let reduced = Reduction.line(points, resolution: 1)
    #expect(reduced.count < 420)
    #expect(reduced.contains { $0.y == 50 })
    #expect(reduced.first == points.first && reduced.last == points.last)
  }
}
