import Kernels
import Tensors

/// One learnt tensor of a layer, or one it keeps (a running mean), in the layout the kernels want.
///
/// A matrix [outputs, inputs] is kept in panels (see `DenseLevel`), a vector as it is; both are padded with zeros that
/// stay zero through every gradient and optimizer step.
public final class Parameter {
  /// How the values lie in memory.
  public enum Layout: Equatable, Sendable {
    /// A matrix [outputs, inputs] in panels of 16 outputs.
    case panels(outputs: Int, inputs: Int)
    /// A vector.
    case vector(Int)
    /// The kernels of a convolution, [groups·outputs, channels, height, width]: for each group a matrix
    /// [outputs, height·width·channels] in panels, the channels last as in an image.
    case kernels(groups: Int, outputs: Int, channels: Int, height: Int, width: Int)
    /// An image [channels, height, width] as a vector, the channels last.
    case image(channels: Int, height: Int, width: Int)

    /// Floats with padding.
    var storedCount: Int {
      switch self {
      case .vector(let count): panelCount(count) * panelWidth
      case .image(let channels, let height, let width): panelCount(channels * height * width) * panelWidth
      case .panels, .kernels: panels.count * panelWidth * panels.inputs
      }
    }

    /// How many panels of 16 outputs there are, and the inputs of each; none for what is not a matrix.
    var panels: (count: Int, inputs: Int) {
      switch self {
      case .panels(let outputs, let inputs): (panelCount(outputs), inputs)
      case .kernels(let groups, let outputs, let channels, let height, let width):
        (groups * panelCount(outputs), channels * height * width)
      case .vector, .image: (0, 0)
      }
    }
  }

  /// What the parameter is to its layer, which decides who is decayed and penalised.
  public enum Role: Sendable {
    /// Multiplies inputs; weight decay applies.
    case weight
    /// Is added.
    case bias
    /// Scale or shift of a normalisation.
    case norm
    /// The learnt slope of an activation, neither decayed nor penalised: decay would make it a relu (He et al. 2015).
    case slope
    /// Kept, not trained.
    case buffer
  }

  /// The name within the layer, as PyTorch calls it: `weight`, `bias`, `running_mean`.
  public let name: String
  /// The shape as PyTorch stores it.
  public let shape: [Int]
  /// What it is to its layer.
  public let role: Role
  /// How the values lie in memory.
  public let layout: Layout
  /// The values, [layout.storedCount]. Their memory is made at the first use, on the thread that makes the network: a
  /// layer that a file only declares costs nothing.
  public private(set) lazy var values: AlignedBuffer<Float> = {
    if let owner { return owner.values }
    let values = AlignedBuffer<Float>(count: layout.storedCount)
    if start != 0 { values.pointer.update(repeating: start, count: count) }
    return values
  }()
  /// What a vector's values begin with.
  private let start: Float
  /// Whose values these are, when not its own.
  private let owner: Parameter?
  /// The gradient of the loss, in the same layout; made when training starts.
  public private(set) var gradient: AlignedBuffer<Float>?
  /// A factor on the learning rate; 0 is frozen.
  public var learningRateFactor: Double = 1
  /// Penalty factor · Σ|w| added to the loss.
  public var l1: Double = 0
  /// Penalty factor · Σw² added to the loss (Keras's l2; its gradient is 2 · factor · w).
  public var l2: Double = 0
  /// Largest norm of the weights into one neuron, held after every step; nil is no limit.
  public var maximumNorm: Double?

  /// A parameter of zeros, or a vector of another number; a matrix lies in panels unless a layout is given.
  public init(_ name: String, shape: [Int], role: Role, startingAt start: Float = 0, layout: Layout? = nil) {
    (self.start, owner) = (start, nil)
    self.name = name
    self.shape = shape
    self.role = role
    self.layout =
      layout
      ?? (shape.count == 2
        ? .panels(outputs: shape[0], inputs: shape[1]) : .vector(shape.reduce(1, *)))
    precondition(start == 0 || self.layout.panels.count == 0)
  }

  /// The values of another parameter, with a gradient of their own.
  init(sharing owner: Parameter) {
    (self.owner, start) = (owner, 0)
    (name, shape, role, layout) = (owner.name, owner.shape, owner.role, owner.layout)
  }

  /// The number of values without padding.
  public var count: Int { shape.reduce(1, *) }
  /// Whether an optimizer may change it.
  public var isTrainable: Bool { role != .buffer && learningRateFactor != 0 }

  /// Makes room for the gradient.
  public func allocateGradient() { if gradient == nil { gradient = AlignedBuffer<Float>(count: layout.storedCount) } }

  /// Sets the values from a row-major array in PyTorch's shape.
  public func load(_ source: [Float]) {
    precondition(source.count == count)
    Parameter.pack(source, layout, into: values)
  }

  /// The values as a tensor in PyTorch's shape.
  public var tensor: Tensor { Parameter.tensor(of: values, shape: shape, layout: layout) }

  /// A tensor in PyTorch's shape of a buffer that lies as this parameter does, such as an optimizer's moment.
  public func tensor(of buffer: AlignedBuffer<Float>) -> Tensor {
    Parameter.tensor(of: buffer, shape: shape, layout: layout)
  }

  /// Sets a buffer that lies as this parameter does from a row-major array in PyTorch's shape.
  public func load(_ source: [Float], into buffer: AlignedBuffer<Float>) {
    Parameter.pack(source, layout, into: buffer)
  }

  private static func pack(_ source: [Float], _ layout: Layout, into buffer: AlignedBuffer<Float>) {
    let source = layout.channelsLast(source)
    source.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      switch layout {
      case .panels(let outputs, let inputs):
        kernels.packPanels(from: from, ld: inputs, outputs: outputs, inputs: inputs, to: buffer.pointer)
      case .kernels(let groups, let outputs, _, _, _):
        let (panels, inputs) = layout.panels
        for group in 0..<groups {
          kernels.packPanels(
            from: from + group * outputs * inputs, ld: inputs, outputs: outputs, inputs: inputs,
            to: buffer.pointer + group * panels / groups * panelWidth * inputs)
        }
      case .vector, .image:
        buffer.pointer.update(from: from, count: source.count)
      }
    }
  }

  private static func tensor(of buffer: AlignedBuffer<Float>, shape: [Int], layout: Layout) -> Tensor {
    guard !layout.movesChannels else {
      var values = [Float](repeating: 0, count: shape.reduce(1, *))
      values.withUnsafeMutableBufferPointer { unpack(buffer, layout, to: $0) }
      return Tensor(layout.channelsFirst(values), shape: shape)
    }
    return Tensor(type: .float32, shape: shape) { unpack(buffer, layout, to: $0.bindMemory(to: Float.self)) }
  }

  /// The values row by row, the channels last where the layout has them so.
  private static func unpack(
    _ buffer: AlignedBuffer<Float>, _ layout: Layout, to target: UnsafeMutableBufferPointer<Float>
  ) {
    guard let to = target.baseAddress else { return }
    switch layout {
    case .panels(let outputs, let inputs):
      kernels.unpackPanels(from: buffer.pointer, outputs: outputs, inputs: inputs, to: to, ld: inputs)
    case .kernels(let groups, let outputs, _, _, _):
      let (panels, inputs) = layout.panels
      for group in 0..<groups {
        kernels.unpackPanels(
          from: buffer.pointer + group * panels / groups * panelWidth * inputs, outputs: outputs, inputs: inputs,
          to: to + group * outputs * inputs, ld: inputs)
      }
    case .vector, .image:
      to.update(from: buffer.pointer, count: target.count)
    }
  }
}

/// The order of channels: PyTorch has them before height and width, the kernels after.
extension Parameter.Layout {
  /// Channels, and height times width.
  private var image: (channels: Int, positions: Int) {
    switch self {
    case .kernels(_, _, let channels, let height, let width): (channels, height * width)
    case .image(let channels, let height, let width): (channels, height * width)
    case .panels, .vector: (1, 1)
    }
  }

  /// Whether the two orders differ.
  fileprivate var movesChannels: Bool { image.channels > 1 && image.positions > 1 }

  /// [n, channels, positions] as [n, positions, channels].
  fileprivate func channelsLast(_ values: [Float]) -> [Float] {
    movesChannels ? swapped(values, rows: image.channels, columns: image.positions) : values
  }

  /// The inverse of `channelsLast`.
  fileprivate func channelsFirst(_ values: [Float]) -> [Float] {
    swapped(values, rows: image.positions, columns: image.channels)
  }

  /// Matrices [rows, columns], one after the other, transposed.
  private func swapped(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    var result = values
    for start in stride(from: 0, to: values.count, by: rows * columns) {
      for r in 0..<rows { for c in 0..<columns { result[start + c * rows + r] = values[start + r * columns + c] } }
    }
    return result
  }
}
