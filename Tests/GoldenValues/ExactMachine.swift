import Glibc
import Networks

/// The formulas of a machine in Float64, by enumeration of the hidden states: it shares no code with the kernels.
public struct ExactMachine {
  private let weights: [[Double]]
  private let hiddenBias: [Double]
  private let visibleBias: [Double]
  private let isGaussian: Bool

  /// The machine as it is now.
  public init(_ machine: BoltzmannMachine) {
    let values = machine.parameters.map(\.tensor.doubles)
    (hiddenBias, visibleBias) = (values[1], values[2])
    let width = visibleBias.count
    weights = hiddenBias.indices.map { j in Array(values[0][j * width..<(j + 1) * width]) }
    isGaussian = machine.settings.visibleUnits == .gaussian
  }

  private func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  /// E[h | v].
  public func hiddenMeans(_ v: [Double]) -> [Double] {
    hiddenBias.indices.map { j in sigmoid(zip(weights[j], v).reduce(hiddenBias[j]) { $0 + $1.0 * $1.1 }) }
  }

  /// The states of the hidden units with E[v | h] and, up to a constant, log Σ_v e^(−E(v, h)).
  private var states: [(h: [Double], v: [Double], log: Double)] {
    (0..<1 << hiddenBias.count).map { bits in
      let h = hiddenBias.indices.map { Double(bits >> $0 & 1) }
      var input = [Double](repeating: 0, count: visibleBias.count)
      for (j, on) in h.enumerated() where on == 1 { for i in input.indices { input[i] += weights[j][i] } }
      var log = zip(h, hiddenBias).reduce(0) { $0 + $1.0 * $1.1 }
      var v = input
      for i in input.indices {
        let z = input[i] + visibleBias[i]
        log += isGaussian ? input[i] * visibleBias[i] + input[i] * input[i] / 2 : log1p(exp(z))
        v[i] = isGaussian ? z : sigmoid(z)
      }
      return (h, v, log)
    }
  }

  /// F(v) by summing over the hidden states.
  public func freeEnergy(_ v: [Double]) -> Double {
    var sum = 0.0
    for bits in 0..<1 << hiddenBias.count {
      var energy = 0.0
      for (i, c) in visibleBias.enumerated() { energy += isGaussian ? (v[i] - c) * (v[i] - c) / 2 : -c * v[i] }
      for j in hiddenBias.indices where bits >> j & 1 == 1 {
        energy -= zip(weights[j], v).reduce(hiddenBias[j]) { $0 + $1.0 * $1.1 }
      }
      sum += exp(-energy)
    }
    return -Glibc.log(sum)
  }

  /// The mean log-likelihood of rows, −F(v) − log Z.
  public func logLikelihood(_ rows: [[Double]]) -> Double {
    let states = states
    let largest = states.map(\.log).max() ?? 0
    var partition = largest + Glibc.log(states.reduce(0) { $0 + exp($1.log - largest) })
    if isGaussian { partition += Double(visibleBias.count) / 2 * Glibc.log(2 * Double.pi) }
    return -rows.reduce(0) { $0 + freeEnergy($1) } / Double(rows.count) - partition
  }

  /// The gradient of the mean −log p(v): weights [hidden, visible], hidden biases, visible biases, one after the other.
  public func gradient(_ rows: [[Double]]) -> [Double] {
    let (width, count) = (visibleBias.count, hiddenBias.count)
    var gradient = [Double](repeating: 0, count: count * width + count + width)
    func add(_ h: [Double], _ v: [Double], _ share: Double) {
      for j in 0..<count { for i in 0..<width { gradient[j * width + i] += share * h[j] * v[i] } }
      for j in 0..<count { gradient[count * width + j] += share * h[j] }
      for i in 0..<width { gradient[count * width + count + i] += share * v[i] }
    }
    for v in rows { add(hiddenMeans(v), v, -1 / Double(rows.count)) }
    let states = states
    let largest = states.map(\.log).max() ?? 0
    let total = states.reduce(0) { $0 + exp($1.log - largest) }
    for state in states { add(state.h, state.v, exp(state.log - largest) / total) }
    return gradient
  }
}
