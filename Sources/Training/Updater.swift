import Kernels
import Networks
import Tensors

/// The part of a step after the gradients: penalties, clipping, the optimizer's rule, constraints.
final class Updater {
  private struct Slot {
    var name: String
    var parameter: Parameter
    /// What the optimizer keeps, in the parameter's layout.
    var state: [AlignedBuffer<Float>]
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

  init(_ network: Network, options: TrainingOptions, team: ThreadTeam) {
    self.options = options
    self.team = team
    let isPlain = options.optimizer.isPlainDescent && options.clipNorm == nil && options.clipValue == nil
    for (name, layer, parameter) in network.parameters where parameter.isTrainable {
      let canDescend =
        isPlain && network.layers[layer] is Descending
        && !network.layers[layer].parameters.contains { $0.isPenalised || $0.maximumNorm != nil }
      let slot = Slot(
        name: name, parameter: parameter,
        state: options.optimizer.stateNames.map { _ in AlignedBuffer<Float>(count: parameter.values.count) },
        descendsDirectly: canDescend)
      slots.append(slot)
      guard !canDescend else { continue }
      var start = 0
      while start < parameter.values.count {
        let end = min(parameter.values.count, start + 16384)
        chunks.append(Chunk(slot: slots.count - 1, range: start..<end))
        start = end
      }
    }
  }

  /// For each parameter, whether its gradient is kept or the step of plain gradient descent is taken at once.
  func directDescents(rate: Double) -> (Parameter) -> GradientUse {
    { [slots, options] parameter in
      guard slots.contains(where: { $0.parameter === parameter && $0.descendsDirectly }) else { return .keep }
      let factor = rate * parameter.learningRateFactor
      return .descend(rate: Float(factor), decay: Float(factor * options.weightDecay))
    }
  }

  /// Takes the step for all kept gradients; returns their global norm when it is asked for by clipping.
  func step(_ scheduled: Schedule.Value, step: Int) -> Double {
    guard !chunks.isEmpty else { return 0 }
    for slot in slots where slot.parameter.isPenalised { slot.parameter.addPenaltyGradient() }
    let norm = clip()
    let optimizer = options.optimizer
    team.forEach(chunks.count) { i in
      let chunk = chunks[i]
      let slot = slots[chunk.slot]
      guard let gradient = slot.parameter.gradient else { return }
      let offset = chunk.range.lowerBound
      optimizer.update(
        slot.parameter.values.pointer + offset, gradient: gradient.pointer + offset,
        state: OptimizerState(buffers: slot.state, offset: offset), count: chunk.range.count,
        OptimizerStep(
          number: step, learningRate: scheduled.learningRate * slot.parameter.learningRateFactor,
          weightDecay: slot.parameter.role == .weight ? options.weightDecay : 0, momentum: scheduled.momentum))
    }
    for slot in slots where slot.parameter.maximumNorm != nil { slot.parameter.constrain() }
    return norm
  }

  /// Clips by value, then by global norm (PyTorch's clip_grad_norm_: factor limit/(norm + 1e-6) where below 1).
  private func clip() -> Double {
    if let limit = options.clipValue {
      for slot in slots {
        guard let gradient = slot.parameter.gradient else { continue }
        kernels.clip(gradient.pointer, count: gradient.count, limit: Float(limit))
      }
    }
    guard let limit = options.clipNorm else { return 0 }
    var squares = 0.0
    for slot in slots {
      guard let gradient = slot.parameter.gradient else { continue }
      squares += kernels.sumOfSquares(gradient.pointer, count: gradient.count)
    }
    let norm = squares.squareRoot()
    let factor = limit / (norm + 1e-6)
    if factor < 1 {
      for slot in slots {
        guard let gradient = slot.parameter.gradient else { continue }
        kernels.scale(gradient.pointer, count: gradient.count, by: Float(factor))
      }
    }
    return norm
  }

  /// What the optimizer keeps, as tensors `optimizer.<parameter>.<state>` in the parameters' shapes.
  var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for slot in slots {
      for (name, buffer) in zip(options.optimizer.stateNames, slot.state) {
        result["optimizer.\(slot.name).\(name)"] = slot.parameter.tensor(of: buffer)
      }
    }
    return result
  }

  /// Takes over what a model's optimizer kept; parameters it knows nothing of begin at zero.
  func load(_ frame: Frame) throws(Failure) {
    for slot in slots {
      for (name, buffer) in zip(options.optimizer.stateNames, slot.state) {
        let key = "optimizer.\(slot.name).\(name)"
        guard let tensor = frame.tensors[key] else { continue }
        guard tensor.shape == slot.parameter.shape else {
          throw .input("\(frame.place): '\(key)' has shape \(tensor.shape) where \(slot.parameter.shape) is due")
        }
        slot.parameter.load(tensor.floats, into: buffer)
      }
    }
  }
}
