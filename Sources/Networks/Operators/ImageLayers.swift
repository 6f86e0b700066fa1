import ONNX
import Tensors

// What layers compute in inference, in ONNX's operators: those that see images, or may see them.

extension Convolution {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    let (rows, columns) = (
      shape.padding(shape.height, shape.outputHeight, shape.kernelHeight, before: shape.top),
      shape.padding(shape.width, shape.outputWidth, shape.kernelWidth, before: shape.left)
    )
    return graph.add(
      "Conv", [graph.channelsFirst(x)], constants: constants("weight", "bias"),
      [
        ("kernel_shape", .ints([shape.kernelHeight, shape.kernelWidth])),
        ("strides", .ints([shape.stride, shape.stride])),
        ("dilations", .ints([shape.dilation, shape.dilation])), ("group", .int(shape.groups)),
        ("pads", .ints([shape.top, shape.left, rows, columns])),
      ], shape: outputShape)
  }
}

extension ConvolutionShape {
  /// The zeros after an image of so many rows or columns that the last output needs.
  fileprivate func padding(_ size: Int, _ outputs: Int, _ kernel: Int, before: Int) -> Int {
    max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - size - before)
  }
}

extension Pooling {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    let image = graph.channelsFirst(x)
    if outputShape.count == 1 {
      return graph.flattened(graph.add("GlobalAveragePool", [image], shape: [1, 1] + outputShape))
    }
    let sizes: [(String, OperatorGraph.Attribute)] = [
      ("kernel_shape", .ints([grid.windowHeight, grid.windowWidth])), ("strides", .ints([grid.stride, grid.stride])),
      ("pads", .ints([Int](repeating: grid.padding, count: 4))),
    ]
    return graph.add(
      isMaximum ? "MaxPool" : "AveragePool", [image], sizes + (isMaximum ? [] : [("count_include_pad", .int(1))]),
      shape: outputShape)
  }
}

extension BatchNorm {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.add(
      "BatchNormalization", [positions > 1 || x.shape.count > 1 ? graph.channelsFirst(x) : x],
      constants: constants("weight", "bias", "running_mean", "running_var"), [("epsilon", .float(epsilon))])
  }
}

extension LayerNorm {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.add(
      "LayerNormalization", [x.shape.count > 1 ? graph.channelsFirst(x) : x], constants: constants("weight", "bias"),
      [("axis", .int(1)), ("epsilon", .float(epsilon))])
  }
}

extension ParametricRelu {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    let isImage = x.shape.count > 1
    // Slopes of channels stand beside the images' positions.
    let slopes = constants("weight").map { name, slope in
      (name, isImage && slope.count > 1 ? Tensor(slope.floats, shape: [slope.count, 1, 1]) : slope)
    }
    return graph.add("PRelu", [isImage ? graph.channelsFirst(x) : x], constants: slopes)
  }
}

extension ChannelDropout {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value { x }
}

extension Flatten {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.flattened(x.shape.count > 1 ? graph.channelsFirst(x) : x)
  }
}

extension FlattenImage {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.flattened(graph.channelsFirst(x))
  }
}

extension BlockPass {
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value { x }
}

extension BlockEnd {
  /// x alone: the network adds the other branch.
  func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value { x }
}
