import Kernels
import Networks
import Tensors

/// The part of a step after the gradients: penalties, clipping, the optimizer's rule, proximal steps, constraints.
///
/// Parameters are cut into chunks that depend on their sizes alone; threads share the chunks, and sums over a parameter
/// are taken in their order.
final class Updater {
  private struct Slot {
    var name: String
    var parameter: Parameter
    /// What the optimizer keeps, in the parameter's layout.
    var state: [AlignedBuffer<Float>]
    /// Steps taken with this state: a layer that is trained later than others has a first step of its own.
    var steps = 0
    var momentumProduct = 1.0
    /// Whether the step can be taken inside the product that makes the gradient.
    var descendsDirectly: Bool
  }

  /// A piece of a parameter that one thread updates.
  private struct Chunk {
    var slot: Int
    var range: Range<Int>
  }

  private let options: TrainingOptions
  private let team: ThreadTeam
  private var slots: [Slot] = []
  private var chunks: [Chunk] = []
  /// The parts of parameters whose norms have a limit: slot and part.
  private var constraints: [(slot: Int, part: Int)] = []
  /// Whether all chunks together take less time than other threads would take to come.
  private let isSmall: Bool
  /// The sum of squares of each chunk's gradient.
  private let squares: AlignedBuffer<Double>
  /// The norm of each parameter's gradient in the last step, with penalties and after clipping by value, when a clip or
  /// the log has asked for norms.
  private(set) var gradientNorms: [Double]
  /// What clipping by norm multiplies each parameter's gradient by in the step at hand.
  private var gradientFactors: [Double]

  init(_ network: Network, options: TrainingOptions, team: ThreadTeam) {
    self.options = options
    self.team = team
    for (name, layer, parameter) in network.parameters where parameter.isTrainable {
      let canDescend =
        options.mayDescendDirectly && (network.layers[layer] as? any Descending)?.mayDescend == true
        && !network.layers[layer].parameters.contains { $0.isPenalised || $0.maximumNorm != nil }
      let state = options.optimizer.stateNames.map { _ in AlignedBuffer<Float>(count: parameter.values.count) }
      let initial = options.optimizer.initialState
      if initial != 0 { for buffer in state { buffer.pointer.update(repeating: initial, count: buffer.count) } }
      slots.append(Slot(name: name, parameter: parameter, state: state, descendsDirectly: canDescend))
      guard !canDescend else { continue }
      for start in stride(from: 0, to: parameter.values.count, by: 16384) {
        chunks.append(Chunk(slot: slots.count - 1, range: start..<min(parameter.values.count, start + 16384)))
      }
      for part in 0..<parameter.constraintParts { constraints.append((slots.count - 1, part)) }
    }
    isSmall = chunks.reduce(0) { $0 + $1.range.count } < 32768
    squares = AlignedBuffer<Double>(count: chunks.count)
    gradientNorms = [Double](repeating: 0, count: slots.count)
    gradientFactors = [Double](repeating: 1, count: slots.count)
  }

  /// The names of the parameters that are trained, in the order of `gradientNorms`.
  var names: [String] { slots.map(\.name) }

  /// Whether a parameter's gradient is kept, or the step of plain gradient descent is taken at once.
  func use(ofGradient parameter: Parameter, rate: Double) -> GradientUse {
    guard slots.contains(where: { $0.parameter === parameter && $0.descendsDirectly }) else { return .keep }
    let factor = rate * parameter.learningRateFactor
    return .descend(
      rate: Float(options.optimizer.maximizes ? -factor : factor), decay: Float(factor * options.weightDecay))
  }

  /// Takes the step for all kept gradients; returns their global norm when clipping asks for it.
  func step(_ scheduled: Schedule.Value) -> Double {
    guard !chunks.isEmpty else { return 0 }
    for s in slots.indices {
      slots[s].steps += 1
      if let factor = options.optimizer.momentumFactor(optimizerStep(s, scheduled)) {
        slots[s].momentumProduct *= factor
      }
    }
    prepareGradients()
    let norm = clipNorms()
    team.forEach(chunks.count, alone: isSmall) { i in update(chunks[i], scheduled) }
    team.forEach(constraints.count, alone: isSmall) { i in
      slots[constraints[i].slot].parameter.constrain(part: constraints[i].part)
    }
    return norm
  }

  /// The step at hand as the optimizer takes it for a parameter.
  private func optimizerStep(_ s: Int, _ scheduled: Schedule.Value) -> OptimizerStep {
    let parameter = slots[s].parameter
    return OptimizerStep(
      number: slots[s].steps, learningRate: scheduled.learningRate * parameter.learningRateFactor,
      weightDecay: parameter.role == .weight || options.decaysAll ? options.weightDecay : 0,
      momentum: scheduled.momentum, momentumProduct: slots[s].momentumProduct)
  }

  /// Adds the penalties' gradients, clips by value, and sums squares for the norms.
  private func prepareGradients() {
    let sign = options.optimizer.maximizes ? -1.0 : 1.0
    guard options.needsNorms || options.clipValue != nil || slots.contains(where: { $0.parameter.isPenalised }) else {
      return
    }
    team.forEach(chunks.count, alone: isSmall) { i in
      let range = chunks[i].range
      let parameter = slots[chunks[i].slot].parameter
      guard let gradient = parameter.gradient else { return }
      parameter.addPenaltyGradient(
        l1: options.isProximal ? 0 : sign * parameter.l1, l2: sign * parameter.l2, in: range)
      let pointer = gradient.pointer + range.lowerBound
      if let limit = options.clipValue { kernels.clip(pointer, count: range.count, limit: Float(limit)) }
      if options.needsNorms { squares[i] = kernels.sumOfSquares(pointer, count: range.count) }
    }
  }

  /// Finds what each gradient is to be multiplied by: to bring its own norm down to the limit of one tensor (Keras's
  /// clipnorm: limit/max(norm, limit)), then the norm of all down to the global one (PyTorch's clip_grad_norm_:
  /// limit/(norm + 1e-6) where below 1).
  private func clipNorms() -> Double {
    guard options.needsNorms else { return 0 }
    for s in slots.indices { gradientNorms[s] = 0 }
    for (i, chunk) in chunks.enumerated() { gradientNorms[chunk.slot] += squares[i] }
    var total = 0.0
    for s in slots.indices {
      gradientNorms[s].formSquareRoot()
      var factor = 1.0
      if let limit = options.clipTensorNorm, gradientNorms[s] > limit { factor = limit / gradientNorms[s] }
      gradientFactors[s] = factor
      total += gradientNorms[s] * gradientNorms[s] * factor * factor
    }
    guard let limit = options.clipNorm else { return 0 }
    let norm = total.squareRoot()
    let factor = limit / (norm + 1e-6)
    if factor < 1 { for s in slots.indices { gradientFactors[s] *= factor } }
    return norm
  }

  private func update(_ chunk: Chunk, _ scheduled: Schedule.Value) {
    let slot = slots[chunk.slot]
    let parameter = slot.parameter
    guard let gradient = parameter.gradient else { return }
    let offset = chunk.range.lowerBound
    let values = parameter.values.pointer + offset
    let step = optimizerStep(chunk.slot, scheduled)
    let factor = gradientFactors[chunk.slot]
    if factor != 1 { kernels.scale(gradient.pointer + offset, count: chunk.range.count, by: Float(factor)) }
    options.optimizer.update(
      values, gradient: gradient.pointer + offset, state: OptimizerState(buffers: slot.state, offset: offset),
      count: chunk.range.count, step)
    if options.isProximal, parameter.l1 > 0 {
      kernels.shrink(values, count: chunk.range.count, by: Float(step.learningRate * parameter.l1))
    }
  }

  // MARK: State

  private var keepsMomentumProduct: Bool {
    options.optimizer.momentumFactor(OptimizerStep(number: 1, learningRate: 0, weightDecay: 0)) != nil
  }

  /// What the optimizer keeps, as PyTorch does: tensors `optimizer.<parameter>.<state>` in the parameters' shapes, and
  /// `step`, the steps taken with them, of a model that keeps any; with nadam `mu_product`.
  var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for slot in slots where !slot.state.isEmpty {
      let prefix = "optimizer.\(slot.name)."
      for (name, buffer) in zip(options.optimizer.stateNames, slot.state) {
        result[prefix + name] = slot.parameter.tensor(of: buffer)
      }
      result[prefix + "step"] = Tensor([Int64(slot.steps)], shape: [])
      if keepsMomentumProduct { result[prefix + "mu_product"] = Tensor([slot.momentumProduct], shape: []) }
    }
    return result
  }

  /// Takes over what a model's optimizer kept; parameters it knows nothing of begin as in a new run.
  func load(_ frame: Frame) throws(Failure) {
    for s in slots.indices {
      let prefix = "optimizer.\(slots[s].name)."
      for (name, buffer) in zip(options.optimizer.stateNames, slots[s].state) {
        guard let tensor = frame.tensors[prefix + name] else { continue }
        guard tensor.shape == slots[s].parameter.shape else {
          throw .input(
            "\(frame.place): '\(prefix + name)' has shape \(tensor.shape) where \(slots[s].parameter.shape) is due")
        }
        slots[s].parameter.load(tensor.floats, into: buffer)
      }
      if let tensor = frame.tensors[prefix + "step"] {
        guard let value = tensor.integers, value.count == 1, (0...Int64(Network.largestCount)).contains(value[0]) else {
          throw .input("\(frame.place): '\(prefix)step' is not a count")
        }
        slots[s].steps = Int(value[0])
      }
      if keepsMomentumProduct, let tensor = frame.tensors[prefix + "mu_product"] {
        guard tensor.count == 1 else { throw .input("\(frame.place): '\(prefix)mu_product' is not a number") }
        slots[s].momentumProduct = tensor.doubles[0]
      }
    }
  }
}
