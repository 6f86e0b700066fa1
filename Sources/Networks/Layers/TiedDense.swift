import Kernels
import ONNX
import Tensors

/// The decoder of an autoencoder with tied weights: y = x·W + c, with W [codes, inputs] the weights of the dense layer
/// that encodes, and c [inputs] (Vincent et al. 2010, section 2.2).
///
/// It stands in no layer list. W's gradient is the sum of what the encoder and this layer give it.
public final class TiedDense: PartialGradients {
  /// See `Layer`.
  public var spec = Spec("tied")
  /// See `Layer`.
  public let inputShape: [Int]
  /// See `Layer`.
  public let outputShape: [Int]
  /// c alone: W is the encoder's.
  public var parameters: [Parameter] { [bias] }
  /// See `TransformLayer`.
  public let inputGradientIsInPlace = false
  /// See `Layer`.
  public var multiplyAdds: Int { weight.count }
  private let bias: Parameter
  private let weight: Parameter
  /// What this layer adds to the gradient of W, in its layout.
  private let addition: AlignedBuffer<Float>

  /// The decoder of a dense layer's outputs, which stay the inputs of this one whatever is applied to each of them; nil
  /// for another layer.
  public init?(of encoder: any Layer) {
    guard let encoder = encoder as? Dense else { return nil }
    encoder.isTied = true
    (inputShape, outputShape, weight) = (encoder.outputShape, encoder.inputShape, encoder.weight)
    bias = Parameter("bias", shape: encoder.inputShape, role: .bias)
    addition = AlignedBuffer<Float>(count: weight.values.count)
  }

  /// See `TransformLayer`: each tile turns its part of the weights once, so rows are not cut.
  public func forwardTiles(_ pass: Pass) -> TileGrid {
    TileGrid(
      rows: pass.rows, columns: outputCount, tileRows: pass.rows,
      tileColumns: max(min(64, outputCount / 16), min(128, 400_000 / (pass.rows * inputCount))))
  }

  /// See `TransformLayer`.
  public func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    // The gradient takes the codes in the place of a gradient, whose padding is zero.
    if tile.columns.lowerBound == 0 { x.clearPadding(rows: tile.rows) }
    y.fill(tile, with: bias.values)
    kernels.denseInputGradient(
      dy: x.pointer, ldy: x.ld, rows: tile.rows, outputs: inputCount, w: weight.values.pointer,
      totalInputs: outputCount, inputs: tile.columns, dx: y.pointer, ldx: y.ld, accumulate: true)
  }

  /// See `Layer`.
  public func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    let weights = weight.tensor.doubles
    var y = [Double](repeating: 0, count: pass.rows * outputCount)
    for row in 0..<pass.rows {
      for k in 0..<outputCount {
        var sum = values[0][k]
        for n in 0..<inputCount { sum += x[row * inputCount + n] * weights[n * outputCount + k] }
        y[row * outputCount + k] = sum
      }
    }
    return y
  }

  /// See `Layer`.
  public func addOperators(to graph: inout OperatorGraph, _ x: OperatorGraph.Value) -> OperatorGraph.Value {
    graph.add("Gemm", [x], constants: [("weight", weight.tensor), ("bias", bias.tensor)], shape: outputShape)
  }

  /// See `TransformLayer`.
  public func inputGradientTiles(_ pass: Pass) -> TileGrid {
    TileGrid(rows: pass.rows, columns: inputCount, terms: outputCount)
  }

  /// dx = dy·Wᵀ.
  public func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    kernels.denseForward(
      x: dy.pointer, ldx: dy.ld, rows: tile.rows, inputs: outputCount, w: weight.values.pointer, bias: nil,
      panels: tile.panels, y: dx.pointer, ldy: dx.ld, accumulate: false)
  }

  /// See `TransformLayer`: the tiles of W, whose inputs are this layer's outputs.
  public func parameterGradientTiles(_ pass: Pass) -> TileGrid {
    TileGrid(inputs: outputCount, outputs: inputCount, batch: pass.rows)
  }

  /// dW = xᵀ·dy, beside the encoder's; dc = Σ_rows dy.
  public func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    if weight.isTrainable {
      kernels.denseWeightGradient(
        x: dy.pointer, ldx: dy.ld, dy: x.pointer, ldy: x.ld, rows: pass.rows, totalInputs: outputCount,
        inputs: tile.rows, panels: tile.panels, dw: addition.pointer, scale: 1, beta: 0)
    }
    if let gradient = bias.gradient, tile.rows.lowerBound == 0, tile.columns.lowerBound == 0 {
      kernels.biasGradient(
        dy: dy.pointer, ldy: dy.ld, rows: pass.rows, columns: 0..<outputCount, db: gradient.pointer, scale: 1, beta: 0)
    }
  }

  /// Adds to the encoder's gradient, which is there by now.
  public func finishParameterGradient(_ pass: Pass) {
    guard weight.isTrainable, let gradient = weight.gradient else { return }
    for i in 0..<addition.count { gradient.pointer[i] += addition.pointer[i] }
  }
}

extension Matrix {
  /// Makes the lanes of rows zero that are behind the last column.
  func clearPadding(rows: Range<Int>) {
    let end = panelCount(columns) * panelWidth
    for row in rows { for c in columns..<end { pointer[row * ld + c] = 0 } }
  }

  /// Makes each row of a tile its columns of a vector.
  func fill(_ tile: Tile, with vector: AlignedBuffer<Float>) {
    for row in tile.rows {
      (pointer + row * ld + tile.columns.lowerBound)
        .update(from: vector.pointer + tile.columns.lowerBound, count: tile.columns.count)
    }
  }
}
