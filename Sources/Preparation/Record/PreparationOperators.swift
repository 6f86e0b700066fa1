import ONNX
import Tensors

extension Preparation {
  /// Adds what is done to raw rows to a graph of ONNX operators; returns the prepared rows.
  public func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    var value = x
    for stage in stages { value = stage.addOperators(to: &graph, value) }
    return value
  }
}

extension Stage {
  /// Centering and dividing run in double, as they do here: a mean far from 0 leaves a float few digits.
  fileprivate func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    var value = x
    if mean != nil || std != nil {
      value = graph.cast(value, to: .double)
      if let mean { value = graph.add("Sub", [value], constants: [("mean", mean)]) }
      if let std { value = graph.add("Div", [value], constants: [("std", std)]) }
      value = graph.cast(value, to: .float)
    }
    if flattens { value = graph.flattened(value) }
    guard let components else { return value }
    let turned = components.transposed
    value = graph.add("MatMul", [value], constants: [("components", turned)], shape: [components.rows])
    if let deviations {
      value = graph.cast(value, to: .double)
      value = graph.add("Div", [value], constants: [("deviations", deviations)])
      value = graph.cast(value, to: .float)
    }
    if isZCA {
      value = graph.add("MatMul", [value], constants: [("components", components)], shape: [inputCount])
      if outputShape.count != 1 { value = graph.reshape(value, to: outputShape, shape: outputShape) }
    }
    return value
  }
}

extension Tensor {
  /// A matrix of floats with rows for columns.
  fileprivate var transposed: Tensor {
    let (rows, columns) = (self.rows, rowCount)
    let values = floats
    let turned = (0..<rows * columns).map { values[$0 % rows * columns + $0 / rows] }
    return Tensor(turned, shape: [columns, rows])
  }
}
