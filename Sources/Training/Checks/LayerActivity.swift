import Networks
import Tensors

/// How signals and gradients pass through the layers in the first step of training: collapse, explosion, dead units,
/// saturation, vanishing gradients (Glorot and Bengio 2010; He et al. 2015).
public struct LayerActivity: CheckResult {
  /// See `CheckResult`.
  public static let title = "activations"
  /// A layer whose outputs deviate less than this has collapsed.
  public static let smallestDeviation = 1e-3
  /// A layer whose outputs deviate more than this has exploded.
  public static let largestDeviation = 1e3
  /// The share of a layer's units that may be dead, or of its outputs that may be saturated.
  public static let largestShare = 0.5
  /// The check fails when gradients grow or shrink by more than this from the last layer to the first.
  public static let largestRatio = 1e3

  /// The figures of one layer.
  public struct Layer: Sendable {
    /// The layer's name, which leads its tensors' names.
    public var name: String
    /// Its kind and values: `dense:300`.
    public var spec: String
    /// The mean of its outputs over rows and units.
    public var mean: Double
    /// Their standard deviation over rows and units.
    public var deviation: Double
    /// After relu, the share of units that are above 0 for no row; otherwise nil.
    public var dead: Double?
    /// After sigmoid and tanh, the share of outputs in the outer 1 % of the function's range; otherwise nil.
    public var saturated: Double?
    /// The standard deviation of the gradient of a row's loss with respect to its outputs; nil where none arrives
    /// because nothing before is trained.
    public var gradient: Double?
  }

  /// The figures, layer by layer.
  public let layers: [Layer]
  /// Rows of the batch.
  public let rows: Int
  /// The layer of the last parameters: what comes from there on is the output, which may be anything.
  private let output: Int

  /// Runs the check: forward and back in training mode, dropout included.
  public init(_ subject: CheckSubject) throws(Failure) {
    let network = try subject.network()
    let batch = try CheckBatch(network, subject.sample(subject.rows), subject, keepsOutputs: true)
    batch.backward()
    let (executor, count) = (batch.executor, batch.pass.rows)
    let names = network.architecture.names
    layers = network.layers.enumerated().map { i, layer in
      let values = executor.output(of: i)
      let moments = values.moments(rows: count)
      return Layer(
        name: names[i], spec: Spec(layer.spec.name, values: layer.spec.values).description, mean: moments.mean,
        deviation: moments.deviation,
        dead: layer.spec.name == "relu" ? values.share(ofColumnsAtMost: 0, rows: count) : nil,
        saturated: Saturation.limits[layer.spec.name].map { values.share(outside: $0, rows: count) },
        gradient: executor.gradient(of: i)?.moments(rows: count).deviation)
    }
    rows = count
    output = network.layers.lastIndex { !$0.parameters.isEmpty } ?? network.layers.count
  }

  /// See `CheckResult`.
  public var remarks: [CheckRemark] {
    var remarks: [CheckRemark] = []
    /// A sentence on the first of the layers of which something is true, and how many more there are.
    func fail(_ words: String, _ isTrue: (Layer) -> Bool) {
      let found = layers[..<output].filter(isTrue)
      guard let first = found.first else { return }
      let more = found.count > 1 ? " and \(found.count - 1) more" : ""
      remarks.append(.failure("Layer \(first.name) (\(first.spec))\(more): \(words)."))
    }
    func isDead(_ layer: Layer) -> Bool { layer.dead.map { $0 > LayerActivity.largestShare } ?? false }
    guard layers.allSatisfy({ $0.deviation.isFinite }) else {
      return [.failure("Outputs are not finite: the first weights are too large.")]
    }
    fail("collapsed, its outputs nearly all the same: larger first weights, such as he_normal for relu") {
      $0.deviation < LayerActivity.smallestDeviation && !isDead($0)
    }
    fail("exploded: smaller first weights, prepared data, or bn") {
      $0.deviation > LayerActivity.largestDeviation
    }
    fail(
      "most units are dead, above 0 for no row: smaller biases or a smaller learning rate, leakyrelu, or elu", isDead)
    fail("most outputs are saturated, where gradients are near 0: smaller first weights, or prepared data") {
      $0.saturated.map { $0 > LayerActivity.largestShare } ?? false
    }
    return remarks + gradientRemarks
  }

  private var gradientRemarks: [CheckRemark] {
    let gradients = layers.compactMap(\.gradient)
    guard let first = gradients.first, let last = gradients.last, last > 0 else { return [] }
    guard first.isFinite, last.isFinite else { return [.failure("Gradients are not finite.")] }
    if first == 0, output > 0, output < layers.count, layers[output - 1].gradient == 0 {
      return [.note("No gradient passes the last weights in the first step: they are 0.")]
    }
    if first * LayerActivity.largestRatio < last {
      return [
        .failure(
          "Gradients vanish on the way back, from \(Figures.short(last)) to \(Figures.short(first)): "
            + "relu or its kin with he_normal, bn, or fewer layers.")
      ]
    }
    if first > last * LayerActivity.largestRatio {
      return [
        .failure(
          "Gradients explode on the way back, from \(Figures.short(last)) to \(Figures.short(first)): "
            + "smaller first weights, bn, or --clip-norm.")
      ]
    }
    return []
  }

  /// See `CheckResult`.
  public var text: String {
    func cell(_ value: Double?) -> String { value.map { Figures.short($0) } ?? "" }
    func percent(_ share: Double?) -> String { share.map { "\(Int(($0 * 100).rounded()))%" } ?? "" }
    return TextTable.text(
      ["layer", "", "mean", "std", "dead", "saturated", "gradient std"],
      layers.map { layer in
        [
          layer.name, layer.spec, cell(layer.mean), cell(layer.deviation), percent(layer.dead),
          percent(layer.saturated), cell(layer.gradient),
        ]
      }, rightAligned: 2...6)
  }

  /// See `CheckResult`.
  public var json: [(key: String, value: JSON)] {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    let members = layers.map { layer -> JSON in
      .object([
        ("name", .string(layer.name)), ("layer", .string(layer.spec)), ("mean", .number(layer.mean)),
        ("std", .number(layer.deviation)), ("dead", number(layer.dead)), ("saturated", number(layer.saturated)),
        ("gradient_std", number(layer.gradient)),
      ])
    }
    return [("rows", .number(rows)), ("layers", .array(members))]
  }
}

/// Between which outputs a function is not saturated: its range without 1 % at each end.
private enum Saturation {
  static let limits: [String: ClosedRange<Float>] = ["sigmoid": 0.01...0.99, "tanh": -0.98...0.98]
}

extension Matrix {
  /// Mean and standard deviation (as a population) of the first rows' values, in Double.
  fileprivate func moments(rows: Int) -> (mean: Double, deviation: Double) {
    let count = Double(rows * columns)
    var sum = 0.0
    for row in 0..<rows { for value in self[row: row] { sum += Double(value) } }
    let mean = sum / count
    var squares = 0.0
    for row in 0..<rows { for value in self[row: row] { squares += (Double(value) - mean) * (Double(value) - mean) } }
    return (mean, (squares / count).squareRoot())
  }

  /// The share of columns that are above a limit in none of the first rows.
  fileprivate func share(ofColumnsAtMost limit: Float, rows: Int) -> Double {
    let dead = (0..<columns).count { c in (0..<rows).allSatisfy { self[row: $0][c] <= limit } }
    return Double(dead) / Double(columns)
  }

  /// The share of the first rows' values outside a range.
  fileprivate func share(outside range: ClosedRange<Float>, rows: Int) -> Double {
    let outside = (0..<rows).reduce(0) { sum, row in sum + self[row: row].count { !range.contains($0) } }
    return Double(outside) / Double(rows * columns)
  }
}
