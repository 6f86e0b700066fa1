import Glibc
import Kernels
import Testing

@Suite struct FunctionTests {
  static func reference(_ g: ElementFunction, _ x: Double) -> Double {
    switch g {
    case .exp: exp(x)
    case .expm1: expm1(x)
    case .log: log(x)
    case .log1p: log1p(x)
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .erf: erf(x)
    }
  }

  /// Every 997th float (a prime) of the function's domain, within 2 ulp (sigmoid within 2.5).
  @Test(arguments: ElementFunction.allCases)
  func ulpSweep(_ g: ElementFunction) {
    var inputs: [Float] = []
    var pattern: UInt32 = 0
    while pattern < 0xFF80_0000 {
      let x = Float(bitPattern: pattern)
      pattern += 997
      if !x.isFinite || (g == .log && x < 0) || (g == .log1p && !(x >= 0 && x <= 1)) { continue }
      inputs.append(x)
    }
    for level in levels {
      var outputs = [Float](repeating: 0, count: inputs.count)
      level.map(g, inputs, &outputs, count: inputs.count)
      var worst = 0.0
      var at: Float = 0
      for (x, y) in zip(inputs, outputs) {
        let error = ulps(y, Self.reference(g, Double(x)))
        if error > worst { (worst, at) = (error, x) }
      }
      #expect(worst <= (g == .sigmoid ? 2.5 : 2), "\(level.name) \(g) at \(at)")
    }
  }

  @Test func specialValues() {
    let inputs: [Float] = [
      .infinity, -.infinity, .nan, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 100, -100, 1e30,
      -1e30,
    ]
    for level in levels {
      for g in ElementFunction.allCases {
        var outputs = inputs
        level.map(g, outputs, &outputs, count: outputs.count)
        for (x, y) in zip(inputs, outputs) where g != .log1p || (x >= 0 && x <= 1) || x.isNaN {
          let expected = Self.reference(g, Double(x))
          #expect(ulps(y, expected) <= 3, "\(level.name) \(g)(\(x)) = \(y), not \(expected)")
        }
      }
    }
  }
}
