import Kernels
import ONNX
import Tensors

/// The decoder of a convolutional autoencoder: y = Wᵀ·x + c, where W·y is the convolution that encodes, without its bias, and
/// c [channels] (Masci et al. 2011; PyTorch's ConvTranspose2d). What is the way forward there is the gradient's way here.
///
/// With tied weights W is the encoder's, whose gradient is the sum of what both give it. It stands in no layer list.
public final class TransposedConvolution: PartialGradients {
  /// See `Layer`.
  public var spec = Spec("transposed")
  /// See `Layer`.
  public let inputShape: [Int]
  /// See `Layer`.
  public let outputShape: [Int]
  /// c, after W when it is not the encoder's.
  public let parameters: [Parameter]
  /// See `TransformLayer`.
  public let inputGradientIsInPlace = false
  /// See `Layer`.
  public var multiplyAdds: Int { convolution.multiplyAdds }
  /// See `Layer`: of the convolution's outputs, which are this one's inputs.
  public var fans: (inputs: Int, outputs: Int) { (convolution.fans.outputs, convolution.fans.inputs) }
  private let convolution: Convolution
  private let bias: Parameter
  private let isTied: Bool
  private let (zeros, ones): (AlignedBuffer<Float>, AlignedBuffer<Float>)

  /// The decoder of a convolution's outputs, which stay the inputs of this one whatever is applied to each of them; nil
  /// for another layer.
  public init?(of encoder: any Layer, isTied: Bool) {
    guard let encoder = encoder as? Convolution else { return nil }
    (inputShape, outputShape, self.isTied) = (encoder.outputShape, encoder.inputShape, isTied)
    convolution = Convolution(like: encoder, sharesWeights: isTied)
    bias = Parameter("bias", shape: [convolution.shape.channels], role: .bias)
    parameters = (isTied ? [] : [convolution.weight]) + [bias]
    (zeros, ones) = (AlignedBuffer(count: bias.values.count), AlignedBuffer(count: bias.values.count))
    ones.pointer.update(repeating: 1, count: ones.count)
    if isTied {
      convolution.weight.allocateGradient()
      encoder.tied = convolution
    }
  }

  private var positions: Int { convolution.shape.height * convolution.shape.width }
  private var channels: Int { convolution.shape.channels }

  /// See `Layer`.
  public func allocate(capacity: Int, index: Int) { convolution.allocate(capacity: capacity, index: index) }

  /// See `Layer`: the weights are turned for both ways.
  public func begin(_ pass: Pass) {
    convolution.begin(pass)
    convolution.beginBackward(pass)
  }

  /// See `TransformLayer`.
  public func forwardTiles(_ pass: Pass) -> TileGrid { convolution.inputGradientTiles(pass) }

  /// See `TransformLayer`.
  public func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    convolution.inputGradient(pass, x: y, y: x, dy: x, dx: y, tile: tile)
    for row in tile.rows {
      let image = y.pointer(atRow: row)
      kernels.channelAffine(
        x: image, positions: positions, channels: channels, center: zeros.pointer, scale: ones.pointer,
        shift: bias.values.pointer, y: image)
    }
  }

  /// See `TransformLayer`.
  public func inputGradientTiles(_ pass: Pass) -> TileGrid { convolution.forwardTiles(pass) }

  /// dx = W·dy.
  public func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    convolution.forward(pass, x: dy, y: dx, tile: tile)
  }

  /// See `TransformLayer`.
  public func parameterGradientTiles(_ pass: Pass) -> TileGrid { convolution.parameterGradientTiles(pass) }

  /// dW as the convolution makes it of dy for its inputs and x for its outputs' gradient; dc = Σ dy over rows and positions.
  public func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    convolution.parameterGradient(pass, x: dy, dy: x, tile: tile, update: .keep)
    guard let gradient = bias.gradient, tile.rows.lowerBound == 0, tile.columns.lowerBound == 0 else { return }
    for row in 0..<pass.rows {
      kernels.biasGradient(
        dy: dy.pointer(atRow: row), ldy: channels, rows: positions, columns: 0..<channels, db: gradient.pointer,
        scale: 1, beta: row == 0 ? 0 : 1)
    }
  }

  /// Of weights of its own; the encoder takes what it shares.
  public func finishParameterGradient(_ pass: Pass) {
    if !isTied { convolution.finishParameterGradient(pass) }
  }

  /// See `Layer`.
  public func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    preconditionFailure("a decoder stands in no layer list")
  }

  /// See `Layer`.
  public func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    let s = convolution.shape
    let weights = isTied ? convolution.weight.tensor.doubles : values[0]
    let (perGroup, codesOfGroup) = (s.channels / s.groups, s.outputs / s.groups)
    var y = (0..<pass.rows * outputCount).map { values[values.count - 1][$0 % s.channels] }
    for row in 0..<pass.rows {
      for (r, c) in (0..<s.outputHeight).flatMap({ r in (0..<s.outputWidth).map { (r, $0) } }) {
        for o in 0..<s.outputs {
          let code = x[row * inputCount + (r * s.outputWidth + c) * s.outputs + o]
          for k in 0..<s.kernelHeight {
            for l in 0..<s.kernelWidth {
              let (i, j) = (r * s.stride + k * s.dilation - s.top, c * s.stride + l * s.dilation - s.left)
              guard (0..<s.height).contains(i), (0..<s.width).contains(j) else { continue }
              for q in 0..<perGroup {
                let weight = weights[((o * perGroup + q) * s.kernelHeight + k) * s.kernelWidth + l]
                y[row * outputCount + (i * s.width + j) * s.channels + o / codesOfGroup * perGroup + q] += weight * code
              }
            }
          }
        }
      }
    }
    return y
  }
}
