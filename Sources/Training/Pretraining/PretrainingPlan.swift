import Networks
import Tensors

/// Which layers of a model are pretrained, from the lowest up, and what belongs to each.
struct PretrainingPlan {
  /// A layer with weights and what follows it as far as its activation: its code.
  struct Part {
    /// The positions of the layer and all that its code takes.
    var layers: ClosedRange<Int>
    /// The name of the layer.
    var name: String
  }

  /// The parts, lowest first.
  let parts: [Part]

  /// The parts of a network, for what is known to pretrain.
  init(_ network: Network, _ options: PretrainingOptions) throws(Failure) {
    let method = options.method
    let withWeights = network.layers.indices.filter { i in
      network.layers[i].parameters.contains { $0.role == .weight }
    }
    let chosen: [Int]
    if let selection = options.layers {
      chosen = try selection.positions(in: network).filter(withWeights.contains).sorted()
      for i in chosen { try PretrainingPlan.check(i, network, method) }
    } else {
      let hidden = withWeights.count > 1 ? withWeights.dropLast() : withWeights[...]
      chosen = hidden.filter { i in (try? PretrainingPlan.check(i, network, method)) != nil }
    }
    guard !chosen.isEmpty else {
      throw .usage(
        "nothing to pretrain: \(method.subject) are, which are not frozen, and the last layer with weights only when "
          + "--layers names it")
    }
    parts = chosen.map { i in
      Part(layers: i...PretrainingPlan.lastOfCode(i, network), name: network.architecture.names[i])
    }
  }

  /// Fails for a layer that cannot be pretrained.
  private static func check(
    _ i: Int, _ network: Network, _ method: PretrainingOptions.Method
  ) throws(Failure) {
    let (layer, name) = (network.layers[i], network.architecture.names[i])
    guard method.layerKinds.contains(layer.spec.name) else {
      throw .usage("--layers: layer \(name) is \(layer.spec.name), and \(method.subject) are pretrained")
    }
    guard layer.isTrainable else { throw .usage("--layers: layer \(name) is frozen") }
    // A part that ends within a block, or begins there, would have to know the other branch.
    if let block = network.wiring.block(acrossCutAt: i) {
      throw .usage(
        "--layers: layer \(name) is in the residual block of the layers \(block.start) to \(block.end); "
          + "layers outside of blocks are pretrained")
    }
  }

  /// The position of the activation behind a layer, with nothing but normalisation and dropout between; the layer's own
  /// without one.
  private static func lastOfCode(_ layer: Int, _ network: Network) -> Int {
    for i in (layer + 1)..<max(layer + 1, network.layers.count) {
      guard let kind = LayerKind.all.first(where: { $0.name == network.layers[i].spec.name }) else { break }
      if kind.isActivation { return i }
      guard ["bn", "layernorm"].contains(kind.name) || network.layers[i].isRandom else { break }
    }
    return layer
  }

  /// Fails when the parts do not stand one on the other, so that their decoders could not give back the input of the model.
  func checkUnrolling(_ network: Network) throws(Failure) {
    var due = 0
    for part in parts {
      guard network.layers[part.layers.lowerBound].spec.name == "dense" else {
        throw .usage("--unroll: layer \(part.name) is a convolution, and no layer of a model is its decoder")
      }
      for i in due..<max(due, part.layers.lowerBound) {
        let kind = LayerKind.all.first { $0.name == network.layers[i].spec.name }
        guard kind?.passesNumbers == true else {
          throw .usage(
            "--unroll: layer \(network.architecture.names[i]) (\(network.layers[i].spec.name)) is below layer \(part.name), "
              + "and no decoder takes its outputs back")
        }
      }
      due = part.layers.upperBound + 1
    }
  }
}

extension PretrainingOptions.Method {
  /// The kinds of layers that can be pretrained.
  fileprivate var layerKinds: [String] {
    if case .boltzmann = self { ["dense"] } else { ["dense", "conv"] }
  }

  /// Them, in a sentence.
  fileprivate var subject: String {
    if case .boltzmann = self { "dense layers" } else { "dense layers and convolutions" }
  }
}
