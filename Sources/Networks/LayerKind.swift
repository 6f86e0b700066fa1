import Tensors

/// A kind of layer: what its line in a layer list looks like, and how to make one.
///
/// Adding a layer is one file in `Layers/` and one entry in `LayerKind.all`.
public struct LayerKind: Kind {
  /// See `Kind`.
  public static let noun = "layer"
  /// See `Kind`.
  public static let foreignNames = [
    "averagepooling2d": "avgpool", "avgpool2d": "avgpool", "batchnorm": "bn", "batchnorm1d": "bn", "batchnorm2d": "bn",
    "batchnormalization": "bn", "conv2d": "conv", "convolution": "conv", "fc": "dense",
    "globalaveragepooling2d": "globalavgpool", "linear": "dense", "maxpool2d": "maxpool", "maxpooling2d": "maxpool",
    "spatialdropout2d": "dropout2d",
    "ln": "layernorm", "logistic": "sigmoid", "lrelu": "leakyrelu", "swish": "silu",
  ]
  /// What its line in a layer list looks like.
  public let signature: Signature
  /// The initialiser that suits weights whose outputs this layer takes; nil leaves it to the layer after it.
  public let initializer: String?
  /// Makes a layer of a spec for rows of a shape.
  public let make: @Sendable (Spec, [Int]) throws(Failure) -> any Layer

  init(
    _ name: String, arguments: String = "", keys: String = "", initializer: String? = nil, summary: String,
    make: @escaping @Sendable (Spec, [Int]) throws(Failure) -> any Layer
  ) {
    signature = Signature(name, arguments: arguments, keys: keys, summary: summary)
    self.initializer = initializer
    self.make = make
  }

  /// Every kind of layer.
  public static let all: [LayerKind] =
    [Dense.kind, DropConnect.kind, Convolution.kind] + Pooling.kinds + [BatchNorm.kind, LayerNorm.kind]
    + Dropout.kinds + [ChannelDropout.kind, Flatten.kind] + ActivationLayer.kinds + [ParametricRelu.kind]
    + Softmax.kinds + BlockMark.kinds

  /// Whether it is a function of each value that follows a layer with weights.
  public var isActivation: Bool {
    name == ParametricRelu.kind.name || ActivationLayer.kinds.contains { $0.name == name }
  }

  /// Whether it passes numbers on as they are once training is over.
  public var passesNumbers: Bool { Architecture.passingLayers.contains(name) }

  /// Whether it is a mark of residual blocks, which has a meaning among other layers only.
  public var isBlockMark: Bool { BlockMark.kinds.contains { $0.name == name } }
}
