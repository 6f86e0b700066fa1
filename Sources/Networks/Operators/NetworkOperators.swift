import ONNX
import Tensors

extension Network {
  /// Adds what the network computes in inference to a graph; returns its output, plain rows as those of a
  /// prediction.
  public func addOperators(to graph: inout OperatorGraph, _ input: OperatorGraph.Value) -> OperatorGraph.Value {
    var outputs: [OperatorGraph.Value] = []
    func output(_ source: Int) -> OperatorGraph.Value { source == Wiring.input ? input : outputs[source] }
    for (i, layer) in layers.enumerated() {
      let x = output(wiring.sources[i])
      if let number = wiring.blockEndingAt[i] {
        let other = output(wiring.otherSource(of: wiring.blocks[number]))
        outputs.append(graph.sum(x, other))
      } else {
        outputs.append(layer.addOperators(to: &graph, x))
      }
    }
    let last = graph.channelsLast(output(layers.count - 1))
    return graph.flattened(last)
  }
}

extension Layer {
  /// A parameter's value, in PyTorch's shape.
  func tensor(_ name: String) -> Tensor? { parameters.first { $0.name == name }?.tensor }

  /// Parameters as an operator's constants, those that the layer has.
  func constants(_ names: String...) -> [(name: String, tensor: Tensor)] {
    names.compactMap { name in tensor(name).map { (name, $0) } }
  }
}

extension Loss {
  /// Adds what `predict` does to a graph; returns the predictions.
  public func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    switch (outputs, predictions) {
    case (.numbers, _), (.probabilities, _): x
    case (.logProbabilities, _): graph.add("Exp", [x])
    case (.logits, .alternatives): graph.add("Softmax", [x], [("axis", .int(-1))])
    case (.logits, _): graph.add("Sigmoid", [x])
    }
  }
}
