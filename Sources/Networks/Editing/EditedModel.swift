import Tensors

/// One change of a model, as transfer learning makes them.
public enum Edit: Sendable {
  /// Sets the learning-rate factor of layers; 0 freezes them.
  case rate(Double, LayerSelection)
  /// Takes layers from the end.
  case drop(Int)
  /// Adds layers at the end, freshly initialised.
  case append([String])
  /// Replaces the last layer with weights, and all after it, by fresh layers.
  case head([String])
  /// Divides the outputs before the softmax, which are those of the last layer with weights.
  case temperature(Double)
}

/// A model frame under change: layers and factors change, the values of layers that stay are kept to the bit.
public struct EditedModel {
  private let original: Frame
  private let seed: Int
  private var architecture: Architecture
  private var tensors: [String: Tensor]
  private var hasNewTop = false

  /// A model as it is; `seed` draws the values of layers that are added.
  public init(_ frame: Frame, seed: Int) throws(Failure) {
    original = frame
    self.seed = seed
    let network = try Network(frame: frame)
    architecture = network.architecture
    tensors = frame.tensors
  }

  /// Makes one change.
  public mutating func apply(_ edit: Edit) throws(Failure) {
    switch edit {
    case .rate(let factor, let selection):
      for i in try selection.positions(in: Network(architecture)) {
        architecture.layers[i]["lr"] = factor == 1 ? nil : Numbers.text(factor)
      }
    case .drop(let count): try drop(count)
    case .append(let texts): try append(texts)
    case .head(let texts):
      let network = try Network(architecture)
      guard let last = network.layers.lastIndex(where: { $0.parameters.contains { $0.role == .weight } }) else {
        throw .usage("--head: the model has no layer with weights to replace")
      }
      try checkCut(at: last, "--head: the last layer with weights, \(last),")
      try drop(network.layers.count - last)
      try append(texts)
    case .temperature(let temperature): try divideOutputs(by: temperature)
    }
  }

  /// Layers that a factor on their inputs goes through, or that make probabilities.
  private static let passing =
    Architecture.passingLayers.union(["globalavgpool", "avgpool", "softmax", "logsoftmax", "sigmoid"])

  private mutating func divideOutputs(by temperature: Double) throws(Failure) {
    if let loss = original.metadata[Metadata.loss], (try? LossKind.make(parsing: loss))?.predictions == .numbers {
      throw .usage("--temperature: is for predicted classes; the model predicts values, with the loss \(loss)")
    }
    let last = architecture.layers.lastIndex { !EditedModel.passing.contains($0.name) }
    guard let last, ["dense", "dropconnect", "conv"].contains(architecture.layers[last].name),
      try Wiring(architecture.layers).block(acrossCutAt: last + 1) == nil
    else {
      throw .usage("--temperature: the outputs before the softmax are to be those of a dense layer or a convolution")
    }
    for name in ["weight", "bias"].map({ "\(architecture.names[last]).\($0)" }) {
      guard let tensor = tensors[name] else { continue }
      let values = tensor.floats.map { Float(Double($0) / temperature) }
      guard values.allSatisfy(\.isFinite) else {
        throw .usage("--temperature \(Numbers.text(temperature)): '\(name)' would be too large for 32-bit floats")
      }
      tensors[name] = Tensor(values, shape: tensor.shape)
    }
  }

  private mutating func drop(_ count: Int) throws(Failure) {
    guard count <= architecture.layers.count else {
      throw .usage("--drop \(count): the model has \(architecture.layers.count) layers")
    }
    try checkCut(at: architecture.layers.count - count, "--drop \(count): layer \(architecture.layers.count - count)")
    let dropped = LayerNames(architecture.names.suffix(count))
    tensors = tensors.filter { key, _ in
      for state in ["optimizer.", "best."] where key.hasPrefix(state) {
        return !dropped.own(key.dropFirst(state.count))
      }
      return !dropped.own(key[...])
    }
    architecture.layers.removeLast(count)
    hasNewTop = true
  }

  /// Fails when the layers from a position on cannot go because those before them would be part of a residual block.
  private func checkCut(at position: Int, _ what: String) throws(Failure) {
    guard let block = try Wiring(architecture.layers).block(acrossCutAt: position) else { return }
    throw .usage(
      "\(what) is in the residual block of the layers \(block.start) to \(block.end), which goes as a whole: "
        + "--drop \(architecture.layers.count - block.start)")
  }

  private mutating func append(_ texts: [String]) throws(Failure) {
    guard !texts.isEmpty else { throw .usage("layers are due, such as 'dense:2'") }
    let firstNew = architecture.layers.count
    architecture.layers += try Architecture(input: architecture.input, parsing: texts).layers
    let fresh = try Network(architecture)
    try fresh.initialize(seed: seed)
    // Only the new layers get an initialiser written into their text.
    for i in firstNew..<architecture.layers.count { architecture.layers[i] = fresh.architecture.layers[i] }
    let newNames = LayerNames(architecture.names[firstNew...])
    for (name, tensor) in fresh.tensors where newNames.own(name[...]) {
      tensors[name] = tensor
    }
    hasNewTop = true
  }

  /// The changed model. With a new top the optimizer's state and the classes of the old one are gone.
  public func frame(dropsState: Bool) throws(Failure) -> Frame {
    guard !architecture.layers.isEmpty else { throw .usage("no layers are left") }
    var frame = original
    frame.tensors = tensors.filter { name, _ in
      !ModelTensors.isTrainingState(name) || (!dropsState && !hasNewTop)
    }
    frame.metadata[Metadata.architecture] = architecture.text
    frame.metadata["nn.run"] = nil
    if hasNewTop {
      frame.metadata[Metadata.classes] = nil
      frame.metadata[Metadata.loss] = nil
    }
    if hasNewTop || dropsState { frame.metadata["nn.optimizer"] = nil }
    try Network(architecture).load(frame)
    return frame
  }
}

/// The names of some layers, by which their tensors are told in one look-up a dot, however many layers there are.
private struct LayerNames {
  private let names: Set<Substring>

  init(_ names: some Sequence<String>) { self.names = Set(names.map { $0[...] }) }

  /// Whether a tensor belongs to one of the layers: `fc.weight` and `fc.a.weight` to `fc`.
  func own(_ tensor: Substring) -> Bool {
    tensor.indices.contains { tensor[$0] == "." && names.contains(tensor[..<$0]) }
  }
}
