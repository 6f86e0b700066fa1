import Kernels
import Tensors

/// A matrix W [outputs, inputs] that rows are multiplied by: y = x · Wᵀ, packed once for `DenseLevel.denseForward`.
///
/// That kernel sums each output in the order of the inputs, whatever other rows are there: a row is prepared to the same
/// bits wherever frames and blocks of rows begin.
final class PackedWeights: Sendable {
  let inputs: Int
  let outputs: Int
  private let panels: AlignedBuffer<Float>

  /// Values from one row of a product to the next: the outputs, padded to whole panels.
  var stride: Int { panelCount(outputs) * panelWidth }

  /// The matrix of a tensor [outputs, inputs].
  init(_ matrix: Tensor) {
    (outputs, inputs) = (matrix.rows, matrix.rowCount)
    panels = AlignedBuffer(count: panelCount(outputs) * panelWidth * inputs)
    matrix.asFloat32.withElements(of: Float.self) { values in
      guard let values = values.baseAddress else { return }
      kernels.packPanels(from: values, ld: inputs, outputs: outputs, inputs: inputs, to: panels.pointer)
    }
  }

  /// The transpose of a tensor [inputs, outputs].
  init(transposing matrix: Tensor) {
    (inputs, outputs) = (matrix.rows, matrix.rowCount)
    panels = AlignedBuffer(count: panelCount(outputs) * panelWidth * inputs)
    let turned = AlignedBuffer<Float>(count: inputs * outputs)
    matrix.asFloat32.withElements(of: Float.self) { values in
      guard let values = values.baseAddress else { return }
      kernels.transpose(
        from: values, ldFrom: outputs, rows: inputs, columns: outputs, to: turned.pointer, ldTo: inputs)
    }
    kernels.packPanels(from: turned.pointer, ld: inputs, outputs: outputs, inputs: inputs, to: panels.pointer)
  }

  /// y [rows, stride] = x [rows, ldx] · Wᵀ; the columns of y beyond the outputs become zero.
  func multiply(_ x: UnsafePointer<Float>, ldx: Int, rows: Int, to y: UnsafeMutablePointer<Float>) {
    kernels.denseForward(
      x: x, ldx: ldx, rows: 0..<rows, inputs: inputs, w: panels.pointer, bias: nil, panels: 0..<panelCount(outputs),
      y: y, ldy: stride, accumulate: false)
  }
}
