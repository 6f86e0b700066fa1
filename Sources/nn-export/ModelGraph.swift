import Networks
import ONNX
import Preparation
import Tensors

/// A trained model as an ONNX file: raw rows go in, and what nn-predict writes comes out.
enum ModelGraph {
  static func file(of frame: Frame) throws(Failure) -> [UInt8] {
    let network = try Network(frame: frame)
    let preparation = try Preparation(frame: frame)
    let rowShape = network.architecture.input
    var graph = OperatorGraph(input: preparation?.inputShape ?? rowShape)
    var value = preparation?.addOperators(to: &graph, graph.input) ?? graph.input
    if value.shape != rowShape { value = graph.reshape(value, to: rowShape, shape: rowShape) }
    value = network.addOperators(to: &graph, value)
    var areProbabilities = network.architecture.layers.last?.name == "softmax"
    if let text = frame.metadata[Metadata.loss] {
      do throws(Failure) {
        let loss = try LossKind.make(parsing: text)
        value = loss.addOperators(to: &graph, value)
        areProbabilities = loss.predictions != .numbers
      } catch {
        throw .input("\(frame.place): nn.loss: \(error.message)")
      }
    }
    let kept = [Metadata.architecture, Metadata.classes, Metadata.features, Metadata.prepared]
    let metadata = frame.metadata.filter { kept.contains($0.key) }
    return try ONNXFile.bytes(
      of: graph, output: value, outputName: areProbabilities ? "p" : "output", metadata: metadata)
  }
}
