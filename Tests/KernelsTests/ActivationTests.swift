import Glibc
import Kernels
import Testing

private let activations: [Activation] = [
  .relu, .leakyRelu(slope: 0.01), .elu(alpha: 1), .elu(alpha: 0.5), .selu, .sigmoid, .tanh, .softplus, .gelu,
  .geluTanh, .silu,
]

/// f(z) and f′(z)
private func reference(_ f: Activation, _ z: Double) -> (value: Double, slope: Double) {
  let (scale, alpha) = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)
  let s = 1 / (1 + exp(-z))
  let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
  let distribution = erfc(-z / 2.0.squareRoot()) / 2
  switch f {
  case .relu: return z > 0 ? (z, 1) : (0, 0)
  case .leakyRelu(let slope): return z > 0 ? (z, 1) : (z * Double(slope), Double(slope))
  case .elu(let a): return z > 0 ? (z, 1) : (Double(a) * expm1(z), Double(a) * exp(z))
  case .selu: return z > 0 ? (scale * z, scale) : (scale * alpha * expm1(z), scale * alpha * exp(z))
  case .sigmoid: return (s, s * (1 - s))
  case .tanh: return (tanh(z), 1 - tanh(z) * tanh(z))
  case .softplus: return (max(z, 0) + log1p(exp(-abs(z))), s)
  case .gelu: return (z * distribution, distribution + z * density)
  case .geluTanh:
    let t = tanh((2 / Double.pi).squareRoot() * (z + 0.044715 * z * z * z))
    let slope = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * z * z)
    return (z * (1 + t) / 2, (1 + t + z * (1 - t * t) * slope) / 2)
  case .silu: return (z * s, s * (1 + z * (1 - s)))
  }
}

@Suite struct ActivationTests {
  @Test func forwardAndBackward() {
    for (rows, columns) in [(1, 1), (3, 10), (7, 16), (5, 17), (2, 100)] {
      let z = Matrix.random(rows, columns, seed: 9, padding: .nan, scale: 4)
      for level in levels {
        for f in activations {
          let y = Matrix(rows, columns)
          level.activationForward(
            f, z: z.pointer, ldz: z.ld, y: y.pointer, ldy: y.ld, rows: rows, columns: columns)
          let dy = Matrix.random(rows, columns, seed: 10)
          let dz = dy.copy()
          let source = f.needsInput ? z : y
          level.activationBackward(
            f, reference: source.pointer, ld: source.ld, dy: dz.pointer, lddy: dz.ld, rows: rows,
            columns: columns)
          for r in 0..<rows {
            for c in 0..<columns {
              let (value, slope) = reference(f, Double(z[r, c]))
              #expect(close(y[r, c], value, 1e-6, scale: 0.2), "\(level.name) \(f) \(z[r, c])")
              #expect(close(dz[r, c], slope * Double(dy[r, c]), 2e-6), "\(level.name) \(f)′ \(z[r, c])")
            }
          }
          #expect(dz.paddingIsZero)
          let inPlace = z.copy()
          level.activationForward(
            f, z: inPlace.pointer, ldz: inPlace.ld, y: inPlace.pointer, ldy: inPlace.ld, rows: rows,
            columns: columns)
          #expect(inPlace.values == y.values)
        }
      }
    }
  }

  @Test func specialValues() {
    let z: [Float] = [
      .infinity, -.infinity, .nan, 1000, -1000, 1e-30, -1e-30, -1e-5, -0.3, -0.4, 0, 3, 4, 5, 6, 7,
    ]
    for level in levels {
      for f in activations {
        let y = AlignedBuffer<Float>(count: 16)
        level.activationForward(f, z: z, ldz: 16, y: y.pointer, ldy: 16, rows: 1, columns: 16)
        for i in 0..<16 {
          // −∞·0 is NaN in gelu and silu.
          let isGelu = f == .gelu || f == .geluTanh
          if z[i] == -.infinity && (isGelu || f == .silu) { continue }
          let expected = reference(f, Double(z[i])).value
          let tolerance = isGelu || f == .softplus ? 1e-6 : 5e-7
          #expect(
            close(y[i], z[i].isNaN ? .nan : expected, tolerance, scale: isGelu ? 0.5 : 1e-37),
            "\(level.name) \(f)(\(z[i])) = \(y[i])")
        }
      }
    }
  }
}
