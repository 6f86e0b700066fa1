import Kernels
import ONNX
import Tensors

/// A restricted Boltzmann machine on the weights of a dense layer, trained by contrastive divergence (Hinton 2002) or by
/// persistent contrastive divergence (Tieleman 2008).
///
/// With W [hidden, visible] and b [hidden] of the dense layer and c [visible], hidden units are 0 or 1, and the energy is
///
///     E(v, h) = −c·v − b·h − hᵀ·W·v          for visible units 0 or 1,
///     E(v, h) = ‖v − c‖²/2 − b·h − hᵀ·W·v    for Gaussian visible units of variance 1,
///
/// so that p(h = 1 | v) = σ(W·v + b), and p(v = 1 | h) = σ(Wᵀ·h + c) or v | h ~ N(Wᵀ·h + c, 1).
///
/// As a layer of a network it makes of v its mean-field reconstruction, E[v | E[h | v]], by which a run is judged. Its
/// gradients are not those of a loss of that: they are, for rows v⁰ and the ends vᵏ of chains of k steps of Gibbs sampling,
/// the mean over rows of p(h | vᵏ)·vᵏ − p(h | v⁰)·v⁰, and likewise for b and c: an estimate of the gradient of the mean
/// −log p(v⁰).
public final class BoltzmannMachine: TransformLayer {
  /// See `Layer`.
  public var spec = Spec("rbm")
  /// See `Layer`.
  public let inputShape: [Int]
  /// See `Layer`.
  public var outputShape: [Int] { inputShape }
  /// See `TransformLayer`.
  public let inputGradientIsInPlace = false
  /// See `Layer`.
  public var multiplyAdds: Int { (2 + 2 * settings.steps) * weight.count }
  /// W and b of the dense layer, c, and, when they persist, the visible states of the chains.
  public let parameters: [Parameter]
  /// c, [visible].
  public let visibleBias: Parameter
  /// How it is trained.
  public let settings: Settings

  let weight: Parameter
  let hiddenBias: Parameter?
  let chains: Parameter?
  /// Of a batch: p(h | v⁰), p(h | vᵏ), a sample of h, vᵏ; [capacity, hidden] and [capacity, visible].
  var positive = Matrix(capacity: 0, columns: 1)
  var negative = Matrix(capacity: 0, columns: 1)
  var hidden = Matrix(capacity: 0, columns: 1)
  var visible = Matrix(capacity: 0, columns: 1)
  /// Random numbers for the visible units, [capacity, visible].
  var scratch = Matrix(capacity: 0, columns: 1)

  /// How a machine is made and trained.
  public struct Settings: Sendable {
    /// What visible units are.
    public var visibleUnits = VisibleUnits.bernoulli
    /// Steps of each chain, k.
    public var steps = 1
    /// How many chains go on from step to step of training; nil where they begin at the rows of the batch.
    public var persistentChains: Int?
    /// How often hidden units should be on; nil leaves it to the data.
    public var sparsity: Sparsity?

    /// One step from the rows.
    public init() {}
  }

  /// What visible units are.
  public enum VisibleUnits: String, CaseIterable, Sendable {
    /// 0 or 1; numbers between are probabilities.
    case bernoulli
    /// Any numbers, of variance 1.
    case gaussian
  }

  /// A penalty that holds the mean activation q of each hidden unit over the batch near a target p: cost·(q − p) is added to
  /// the gradient of the unit's input (Hinton, "A Practical Guide to Training Restricted Boltzmann Machines", 2010,
  /// section 11).
  public struct Sparsity: Sendable {
    /// p.
    public var target: Double
    /// The factor.
    public var cost: Double

    /// A target and what it costs to miss it.
    public init(target: Double, cost: Double) { (self.target, self.cost) = (target, cost) }
  }

  /// A machine on a dense layer's weights; nil for another layer.
  ///
  /// - Parameter seed: the key of the chains' first states.
  public init?(of layer: any Layer, _ settings: Settings, seed: Int) {
    guard let dense = layer as? Dense else { return nil }
    inputShape = dense.inputShape
    self.settings = settings
    weight = dense.weight
    hiddenBias = dense.parameters.first { $0.role == .bias }
    visibleBias = Parameter("visible_bias", shape: inputShape, role: .bias)
    let width = inputShape[0]
    chains = settings.persistentChains.map { count in
      Parameter("chains", shape: [count, width], role: .buffer, layout: .vector(count * width))
    }
    parameters = dense.parameters + [visibleBias] + (chains.map { [$0] } ?? [])
    if let chains { begin(chains, width, UInt64(seed)) }
  }

  /// Chains begin anywhere: at fair coins, or standard normal numbers.
  private func begin(_ chains: Parameter, _ width: Int, _ seed: UInt64) {
    for row in 0..<chains.shape[0] {
      let numbers = RandomRow(key: seed, stream: (0, RandomPurpose.chains), row: row)
      let states = chains.values.pointer + row * width
      switch settings.visibleUnits {
      case .bernoulli:
        numbers.uniforms(width, into: states)
        for c in 0..<width { states[c] = states[c] < 0.5 ? 1 : 0 }
      case .gaussian: numbers.normals(width, into: states)
      }
    }
  }

  /// Hidden units.
  var units: Int { weight.shape[0] }

  /// Rows there is room for.
  public var capacity: Int { positive.capacity }

  /// See `Layer`.
  public func allocate(capacity: Int, index: Int) {
    positive = Matrix(capacity: capacity, columns: units)
    negative = Matrix(capacity: capacity, columns: units)
    hidden = Matrix(capacity: capacity, columns: units)
    visible = Matrix(capacity: capacity, columns: inputCount)
    scratch = Matrix(capacity: capacity, columns: inputCount)
  }

  /// See `TransformLayer`: whole rows, since each is a chain; sixteen at least, which share a reading of the weights.
  public func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(
      rows: pass.rows, columns: inputCount, tileRows: max(16, 400_000 / max(1, multiplyAdds)), tileColumns: inputCount)
  }

  /// See `TransformLayer`.
  public func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    activateHidden(x, positive, tile.rows)
    reconstruct(positive, y, tile.rows)
    if pass.mode == .training { runChains(pass, tile.rows) }
  }

  /// See `Layer`.
  public func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    func sigmoid(_ z: Double) -> Double { (1 + Reference.tanh(z / 2)) / 2 }
    let bias = hiddenBias == nil ? [Double](repeating: 0, count: units) : values[1]
    let visibleBias = values[hiddenBias == nil ? 1 : 2]
    var y: [Double] = []
    for row in 0..<pass.rows {
      var z = visibleBias
      for j in 0..<units {
        var sum = bias[j]
        for i in 0..<inputCount { sum += values[0][j * inputCount + i] * x[row * inputCount + i] }
        let h = sigmoid(sum)
        for i in 0..<inputCount { z[i] += values[0][j * inputCount + i] * h }
      }
      y += settings.visibleUnits == .gaussian ? z : z.map(sigmoid)
    }
    return y
  }

  /// See `Layer`.
  public func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    let z = graph.add(
      "Gemm", [x], constants: constants("weight", "bias"), [("transB", .int(1))], shape: [units])
    let y = graph.add(
      "Gemm", [graph.add("Sigmoid", [z])], constants: constants("weight", "visible_bias"), shape: outputShape)
    return settings.visibleUnits == .gaussian ? y : graph.add("Sigmoid", [y])
  }

  /// See `TransformLayer`: there is none, for nothing is below.
  public func inputGradientTiles(_ pass: Pass) -> TileGrid { .none }
  /// See `inputGradientTiles`.
  public func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {}

  /// See `TransformLayer`: p(h | v⁰) takes up the pull of the sparsity's target, which then reaches W and b alike.
  public func beginBackward(_ pass: Pass) {
    guard let sparsity = settings.sparsity else { return }
    for j in 0..<units {
      var sum = 0.0
      for row in 0..<pass.rows { sum += Double(positive.pointer[row * positive.ld + j]) }
      let pull = Float(sparsity.cost * (sum / Double(pass.rows) - sparsity.target))
      for row in 0..<pass.rows { positive.pointer[row * positive.ld + j] -= pull }
    }
  }

  /// See `TransformLayer`.
  public func parameterGradientTiles(_ pass: Pass) -> TileGrid {
    TileGrid(inputs: inputCount, outputs: units, batch: 2 * pass.rows)
  }

  /// See `TransformLayer`.
  public func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    let share = 1 / Float(pass.rows)
    for (v, h, scale, beta) in [(x, positive, -share, Float(0)), (visible, negative, share, 1)] {
      if let gradient = weight.gradient {
        kernels.denseWeightGradient(
          x: v.pointer, ldx: v.ld, dy: h.pointer, ldy: h.ld, rows: pass.rows, totalInputs: inputCount,
          inputs: tile.rows, panels: tile.panels, dw: gradient.pointer, scale: scale, beta: beta)
      }
      if let gradient = hiddenBias?.gradient, tile.rows.lowerBound == 0 {
        kernels.biasGradient(
          dy: h.pointer, ldy: h.ld, rows: pass.rows, columns: tile.columns, db: gradient.pointer, scale: scale,
          beta: beta)
      }
      if let gradient = visibleBias.gradient, tile.rows.lowerBound == 0, tile.columns.lowerBound == 0 {
        kernels.biasGradient(
          dy: v.pointer, ldy: v.ld, rows: pass.rows, columns: 0..<inputCount, db: gradient.pointer, scale: scale,
          beta: beta)
      }
    }
  }
}
