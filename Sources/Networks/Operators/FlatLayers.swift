import ONNX
import Tensors

// What layers compute in inference, in ONNX's operators.

extension Dense {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.add("Gemm", [x], constants: constants("weight", "bias"), [("transB", .int(1))], shape: outputShape)
  }
}

extension DropConnect {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    dense.addOperators(to: &graph, x)
  }
}

extension Dropout {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value { x }
}

extension Softmax {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.add(isLogarithm ? "LogSoftmax" : "Softmax", [x], [("axis", .int(-1))])
  }
}

extension ActivationLayer {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    switch function {
    case .relu: return graph.add("Relu", [x])
    case .leakyRelu(let slope): return graph.add("LeakyRelu", [x], [("alpha", .float(Double(slope)))])
    case .elu(let alpha): return graph.add("Elu", [x], [("alpha", .float(Double(alpha)))])
    case .selu:
      return graph.add("Selu", [x], [("alpha", .float(1.6732632423543772)), ("gamma", .float(1.0507009873554805))])
    case .sigmoid: return graph.add("Sigmoid", [x])
    case .tanh: return graph.add("Tanh", [x])
    case .softplus: return graph.add("Softplus", [x])
    case .gelu: return graph.add("Gelu", [x], [("approximate", .text("none"))])
    case .geluTanh: return graph.add("Gelu", [x], [("approximate", .text("tanh"))])
    case .silu:
      let gate = graph.add("Sigmoid", [x])
      return graph.add("Mul", [x, gate])
    }
  }
}
