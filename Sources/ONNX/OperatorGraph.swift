import Tensors

/// A graph of ONNX operators under construction: what a model computes, step by step.
///
/// Layers and preparations add their operators; `ONNXFile` writes the whole. Values are float32 batches [N, …]. A value
/// of rows of images is held with channels last, as this suite has them, or first, as ONNX's image operators want them,
/// and turned only where the next operator needs the other way.
///
/// Source: https://onnx.ai/onnx/operators, operator set 20.
public struct OperatorGraph {
  /// What an operator is told besides its inputs.
  public enum Attribute: Equatable, Sendable {
    case int(Int)
    case ints([Int])
    case float(Double)
    case text(String)
  }

  /// An operator.
  struct Node {
    var type: String
    var inputs: [String]
    var output: String
    var attributes: [(name: String, value: Attribute)]
  }

  /// What an operator makes, or the graph's input.
  public struct Value: Sendable {
    /// Its name in the graph.
    let name: String
    /// The shape of a row, channels last.
    public let shape: [Int]
    /// Whether it is held as [N, channels, height, width].
    let hasChannelsFirst: Bool
  }

  /// The kinds of numbers of a value within the graph, by ONNX's numbering.
  public enum NumberType: Int, Sendable {
    case float = 1
    case double = 11
  }

  /// The version of ONNX's operators that the graph is made of.
  static let operatorSet = 20
  /// What comes in.
  public let input: Value
  private(set) var nodes: [Node] = []
  private(set) var constants: [(name: String, tensor: Tensor)] = []

  /// A graph whose input `x` has rows of a shape.
  public init(input shape: [Int]) { input = Value(name: "x", shape: shape, hasChannelsFirst: false) }

  /// Adds an operator of one output.
  ///
  /// - Parameters:
  ///   - inputs: the values it takes, all held the same way.
  ///   - constants: tensors that follow them, with what their names end with.
  ///   - shape: the shape of a row of the result; nil for that of the first input.
  public mutating func add(
    _ type: String, _ inputs: [Value], constants: [(name: String, tensor: Tensor)] = [],
    _ attributes: [(String, Attribute)] = [], shape: [Int]? = nil, hasChannelsFirst: Bool? = nil
  ) -> Value {
    let output = "\(type.lowercased())_\(nodes.count)"
    var names = inputs.map(\.name)
    for (name, tensor) in constants {
      names.append("\(output).\(name)")
      self.constants.append((names[names.count - 1], tensor))
    }
    nodes.append(Node(type: type, inputs: names, output: output, attributes: attributes.map { ($0.0, $0.1) }))
    return Value(
      name: output, shape: shape ?? inputs.first?.shape ?? [],
      hasChannelsFirst: hasChannelsFirst ?? inputs.first?.hasChannelsFirst ?? false)
  }

  /// A value of images [height, width] or [height, width, channels] held as [N, channels, height, width].
  public mutating func channelsFirst(_ value: Value) -> Value {
    if value.hasChannelsFirst { return value }
    let (height, width) = (value.shape[0], value.shape[1])
    let channels = value.shape.count > 2 ? value.shape[2] : 1
    let shape = [height, width, channels]
    if channels == 1 {
      return reshape(value, to: [channels, height, width], shape: shape, hasChannelsFirst: true)
    }
    return add("Transpose", [value], [("perm", .ints([0, 3, 1, 2]))], hasChannelsFirst: true)
  }

  /// A value held as this suite holds it.
  public mutating func channelsLast(_ value: Value) -> Value {
    guard value.hasChannelsFirst else { return value }
    return add("Transpose", [value], [("perm", .ints([0, 2, 3, 1]))], hasChannelsFirst: false)
  }

  /// The sum of two values of one shape.
  public mutating func sum(_ a: Value, _ b: Value) -> Value {
    if a.hasChannelsFirst == b.hasChannelsFirst { return add("Add", [a, b]) }
    return add("Add", [channelsFirst(a), channelsFirst(b)])
  }

  /// A value as plain rows, in the order in which it is held.
  public mutating func flattened(_ value: Value) -> Value {
    if value.shape.count == 1 { return value }
    return add("Flatten", [value], [("axis", .int(1))], shape: [value.shape.reduce(1, *)], hasChannelsFirst: false)
  }

  /// A value with rows of other sizes.
  public mutating func reshape(_ value: Value, to sizes: [Int], shape: [Int], hasChannelsFirst: Bool = false) -> Value {
    let sizes = [-1] + sizes
    return add(
      "Reshape", [value], constants: [("shape", Tensor(sizes.map(Int64.init), shape: [sizes.count]))], shape: shape,
      hasChannelsFirst: hasChannelsFirst)
  }

  /// A value in numbers of another kind.
  public mutating func cast(_ value: Value, to type: NumberType) -> Value {
    add("Cast", [value], [("to", .int(type.rawValue))])
  }
}
