import Tensors

/// What `nn-show` says about a model: a line a layer, and the sums.
public struct ModelSummary {
  /// One layer of the table.
  public struct Row {
    /// The layer's name, which leads its tensors' names.
    public var name: String
    /// The layer's text.
    public var text: String
    /// The shape of one row of its output.
    public var output: [Int]
    /// Its parameters, kept ones included.
    public var parameters: Int
    /// Those that an optimizer may change.
    public var trainable: Int
    /// Products that are added up for one row.
    public var multiplyAdds: Int
  }

  /// The layers, first to last.
  public let rows: [Row]
  /// The shape of one row of the input.
  public let input: [Int]

  /// The summary of a network.
  public init(_ network: Network) {
    input = network.architecture.input
    rows = zip(network.architecture.names, network.layers).map { name, layer in
      Row(
        name: name, text: layer.spec.description, output: layer.outputShape,
        parameters: layer.parameters.reduce(0) { $0 + $1.count },
        trainable: layer.parameters.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) },
        multiplyAdds: layer.multiplyAdds)
    }
  }

  /// All parameters.
  public var parameters: Int { rows.reduce(0) { $0 + $1.parameters } }
  /// Those that an optimizer may change.
  public var trainable: Int { rows.reduce(0) { $0 + $1.trainable } }
  /// Products that are added up for one row of the input.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }
}
