import Kernels
import Tensors

/// Compares the gradients of a network's backward pass with central differences of its formulas in Float64.
///
/// For a parameter value w the difference is (L(w + h) − L(w − h))/2h with h = 10⁻⁵·max(1, |w|), where L is the loss of
/// a batch with its penalties, computed by the layers' and the loss's `reference`, which share no code with the kernels.
/// Where the slopes to both sides differ, a kink (of relu, of |w|) lies between, and a smaller h is taken.
/// The error is |backward − difference| over the largest gradient of the tensor, so that it is of the size of Float32's
/// rounding, about 10⁻⁶, when all is well.
public struct GradientCheck {
  /// What was found for one parameter tensor.
  public struct Finding: Sendable {
    /// The parameter's full name, such as `0.weight`.
    public var name: String
    /// How many of its values were compared.
    public var compared: Int
    /// The largest absolute gradient by differences among them.
    public var largest: Double
    /// The largest |backward − difference|, relative to the tensor's largest gradient.
    public var error: Double
  }

  private let executor: Executor
  private let loss: any Loss
  private let targets: Targets
  private let pass: Pass

  /// A check of a batch that stands in the executor's input and in `targets`. The executor has its gradients allocated.
  public init(_ executor: Executor, loss: any Loss, targets: Targets, pass: Pass) {
    self.executor = executor
    self.loss = loss
    self.targets = targets
    self.pass = pass
  }

  /// Runs the batch forward and back, then compares up to `samples` values of each trained parameter.
  public func run(samples: Int) -> [Finding] {
    executor.forward(pass)
    let losses = AlignedBuffer<Double>(count: pass.rows)
    loss.evaluate(
      executor.output, targets, rows: 0..<pass.rows, scale: Float(factor), gradient: executor.outputGradient,
      losses: losses.pointer)
    executor.backward(pass)
    let network = executor.network
    for (_, _, parameter) in network.parameters where parameter.isTrainable { parameter.addPenaltyGradient() }

    var values = network.layers.map { $0.parameters.map(\.tensor.doubles) }
    let input = (0..<pass.rows).flatMap { executor.input[row: $0].map(Double.init) }
    let outputs = references(from: 0, input, [], values)
    // What the outputs of the layers below each layer are penalised with.
    var penaltyBelow = [0.0]
    for (i, layer) in network.layers.enumerated() {
      penaltyBelow.append(penaltyBelow[i] + activity(layer, outputs[i]))
    }
    let start = total(from: 0, outputs, values)
    var findings: [Finding] = []
    for (i, layer) in network.layers.enumerated() {
      for (j, parameter) in layer.parameters.enumerated() where parameter.isTrainable {
        guard let buffer = parameter.gradient else { continue }
        let gradient = parameter.tensor(of: buffer).doubles
        let scale = gradient.reduce(1e-3) { max($0, abs($1)) }
        let step = max(1, gradient.count / samples)
        var (largest, difference, compared) = (0.0, 0.0, 0)
        // Odd offsets, so that the samples of a matrix do not stand in one column.
        for k in stride(from: 0, to: gradient.count, by: step).map({ min(gradient.count - 1, $0 + $0 / step % step) }) {
          let value = values[i][j][k]
          func moved(_ change: Double) -> Double {
            values[i][j][k] = value + change
            return total(from: i, references(from: i, input, outputs, values), values) + penaltyBelow[i]
          }
          var h = 1e-5 * max(1, abs(value))
          var (above, below) = ((moved(h) - start) / h, (start - moved(-h)) / h)
          while abs(above - below) > 1e-3 * scale, h > 1e-8 {
            h /= 10
            (above, below) = ((moved(h) - start) / h, (start - moved(-h)) / h)
          }
          let numeric = (above + below) / 2
          values[i][j][k] = value
          largest = max(largest, abs(numeric))
          let found = abs(numeric - gradient[k])
          // NaN stays, which max would pass over.
          if found > difference || found.isNaN { difference = found }
          compared += 1
        }
        findings.append(
          Finding(
            name: "\(network.architecture.names[i]).\(parameter.name)", compared: compared, largest: largest,
            error: difference / scale))
      }
    }
    withExtendedLifetime(losses) {}
    return findings
  }

  private var factor: Double {
    loss.factor(terms: loss.terms(targets, rows: pass.rows, outputs: executor.network.outputCount))
  }

  private func activity(_ layer: any Layer, _ outputs: [Double]) -> Double {
    layer.activityPenalty?.value(of: outputs, rows: pass.rows) ?? 0
  }

  /// The outputs of all layers, those of the layers before `first` as they are given.
  private func references(
    from first: Int, _ input: [Double], _ known: [[Double]], _ values: [[[Double]]]
  ) -> [[Double]] {
    let (layers, wiring) = (executor.network.layers, executor.network.wiring)
    var outputs = Array(known.prefix(first))
    func output(of source: Int) -> [Double] { source == Wiring.input ? input : outputs[source] }
    for i in first..<layers.count {
      var y = layers[i].reference(output(of: wiring.sources[i]), values: values[i], pass)
      if let block = wiring.blockEndingAt[i] {
        y = zip(y, output(of: wiring.otherSource(of: wiring.blocks[block]))).map { $0 + $1 }
      }
      outputs.append(y)
    }
    return outputs
  }

  /// The loss of a network's outputs with its penalties, but those on the outputs of the layers before `first`.
  private func total(from first: Int, _ outputs: [[Double]], _ values: [[[Double]]]) -> Double {
    let layers = executor.network.layers
    var penalty = (first..<layers.count).reduce(0) { $0 + activity(layers[$1], outputs[$1]) }
    let columns = executor.network.outputCount
    var sum = 0.0
    for row in 0..<pass.rows {
      let output = Array(outputs[layers.count - 1][row * columns..<(row + 1) * columns])
      sum += Double(targets.weights.pointer[row]) * loss.reference(output, targets, row: row)
    }
    for (layer, values) in zip(layers, values) {
      for (parameter, values) in zip(layer.parameters, values) where parameter.isTrainable && parameter.isPenalised {
        penalty += parameter.l1 * values.reduce(0) { $0 + abs($1) } + parameter.l2 * values.reduce(0) { $0 + $1 * $1 }
      }
    }
    return sum * factor + penalty
  }
}
