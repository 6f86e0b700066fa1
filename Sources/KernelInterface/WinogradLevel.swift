/// A convolution of 3×3 kernels by Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2016): each square of 4×4
/// outputs takes 36 products for each channel and output where the sum over the taps takes 144.
///
/// An image is cut into tileRows × tileColumns squares of 4×4 outputs, each of which reads 6×6 inputs. Both, and the
/// kernels, are turned into 6×6 numbers ξ by small constant matrices A, B and G, whereby the convolution falls into 36
/// products of matrices, for each ξ one: M[ξ] = V[ξ]·U[ξ] over the channels. Numbers of one ξ lie together, `step` floats
/// from those of the next. Channels and outputs are multiples of 16.
///
/// The points are 0, ±1, ±2 and ∞. Rounding grows by the constants: to about ten times that of the sum over the taps.
public protocol WinogradLevel {
  /// V = Bᵀ·d·B for each square and channel: v[ξ·step + tile·channels + c], of an image of 4·tileRows + 2 rows, `rowStep`
  /// floats apart, of 4·tileColumns + 2 positions of `channels`: its frame of zeros belongs to it.
  static func winogradInput(
    x: UnsafePointer<Float>, rowStep: Int, channels: Int, tileRows: Int, tileColumns: Int,
    v: UnsafeMutablePointer<Float>, step: Int)

  /// y = Aᵀ·M·A + bias for each square and output, to an image of 4·tileRows rows, `rowStep` floats apart, of
  /// 4·tileColumns positions of `outputs`.
  static func winogradOutput(
    m: UnsafePointer<Float>, step: Int, outputs: Int, tileRows: Int, tileColumns: Int, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, rowStep: Int)

  /// dM = A·dy·Aᵀ for each square and output of an image as `winogradOutput` makes it.
  static func winogradOutputGradient(
    dy: UnsafePointer<Float>, rowStep: Int, outputs: Int, tileRows: Int, tileColumns: Int,
    m: UnsafeMutablePointer<Float>, step: Int)

  /// U = G·w·Gᵀ: u[ξ·step + k·16 + j], for the k-th of all inputs of all panels, from panels w[p, tap, c, j] of
  /// `panels` × 9 × `channels` × 16.
  static func winogradWeights(
    w: UnsafePointer<Float>, panels: Int, channels: Int, u: UnsafeMutablePointer<Float>, step: Int)

  /// dw += Gᵀ·dU·G, the other way round.
  static func winogradWeightGradient(
    du: UnsafePointer<Float>, step: Int, panels: Int, channels: Int, dw: UnsafeMutablePointer<Float>)
}
