import Tensors

/// A model as an ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), which onnxruntime and many others run.
public enum ONNXFile {
  /// The version of the file format; the first with operator set 20.
  private static let formatVersion = 9

  /// The file of a graph with one output.
  ///
  /// - Parameter metadata: what is kept beside the graph, such as the names of classes.
  /// - Throws: a failure where the file would pass 2 GiB, the most that a reader takes.
  public static func bytes(
    of graph: OperatorGraph, output: OperatorGraph.Value, outputName: String, metadata: [String: String]
  ) throws(Failure) -> [UInt8] {
    let size = graph.constants.reduce(0) { $0 + $1.tensor.byteCount }
    guard size < 1 << 31 - 1 << 20 else { throw .failed("an ONNX file holds at most 2 GiB, and the model is larger") }
    var file = ProtocolBuffer()
    file.add(1, formatVersion)
    file.add(2, "nn-export")
    file.add(7) { add(graph, output: output, named: outputName, to: &$0) }
    file.add(8) { set in
      set.add(1, "")
      set.add(2, OperatorGraph.operatorSet)
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      file.add(14) { entry in
        entry.add(1, key)
        entry.add(2, value)
      }
    }
    return file.bytes
  }

  private static func add(
    _ graph: OperatorGraph, output: OperatorGraph.Value, named name: String, to message: inout ProtocolBuffer
  ) {
    for node in graph.nodes { message.add(1) { add(node, to: &$0) } }
    // The output's name belongs to its reader, not to the operator that happens to be the last.
    let last = OperatorGraph.Node(type: "Identity", inputs: [output.name], output: name, attributes: [])
    message.add(1) { add(last, to: &$0) }
    message.add(2, "model")
    for (name, tensor) in graph.constants { message.add(5) { add(tensor, named: name, to: &$0) } }
    message.add(11) { add(graph.input.name, shape: graph.input.shape, to: &$0) }
    message.add(12) { add(name, shape: output.shape, to: &$0) }
  }

  private static func add(_ node: OperatorGraph.Node, to message: inout ProtocolBuffer) {
    for input in node.inputs { message.add(1, input) }
    message.add(2, node.output)
    message.add(3, node.output)
    message.add(4, node.type)
    for (name, value) in node.attributes {
      message.add(5) { attribute in
        attribute.add(1, name)
        switch value {
        case .float(let number):
          attribute.add(2, Float(number))
          attribute.add(20, 1)
        case .int(let number):
          attribute.add(3, number)
          attribute.add(20, 2)
        case .text(let text):
          attribute.add(4, text)
          attribute.add(20, 3)
        case .ints(let numbers):
          for number in numbers { attribute.add(8, number) }
          attribute.add(20, 7)
        }
      }
    }
  }

  private static func add(_ tensor: Tensor, named name: String, to message: inout ProtocolBuffer) {
    for size in tensor.shape { message.add(1, size) }
    message.add(2, tensor.type == .int64 ? 7 : tensor.type == .float64 ? 11 : 1)
    message.add(8, name)
    tensor.withBytes { message.add(9, bytes: $0) }
  }

  /// A value of floats [N, shape…].
  private static func add(_ name: String, shape: [Int], to message: inout ProtocolBuffer) {
    message.add(1, name)
    message.add(2) { type in
      type.add(1) { tensor in
        tensor.add(1, OperatorGraph.NumberType.float.rawValue)
        tensor.add(2) { sizes in
          sizes.add(1) { $0.add(2, "N") }
          for size in shape { sizes.add(1) { $0.add(1, size) } }
        }
      }
    }
  }
}
