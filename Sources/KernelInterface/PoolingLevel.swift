/// How windows are laid over one image, channels last, of height × width × channels.
public struct PoolingGrid: Equatable, Sendable {
  /// Rows of the image.
  public var height: Int
  /// Columns of the image.
  public var width: Int
  /// Channels, which are pooled apart from one another.
  public var channels: Int
  /// Rows of a window.
  public var windowHeight: Int
  /// Columns of a window.
  public var windowWidth: Int
  /// From one window to the next.
  public var stride: Int
  /// Rows and columns added on each side; windows are cut where they reach into them.
  public var padding: Int
  /// Rows of windows.
  public var outputHeight: Int
  /// Windows in a row.
  public var outputWidth: Int

  /// Windows over an image.
  public init(
    height: Int, width: Int, channels: Int, windowHeight: Int, windowWidth: Int, stride: Int, padding: Int,
    outputHeight: Int, outputWidth: Int
  ) {
    (self.height, self.width, self.channels) = (height, width, channels)
    (self.windowHeight, self.windowWidth, self.stride, self.padding) = (windowHeight, windowWidth, stride, padding)
    (self.outputHeight, self.outputWidth) = (outputHeight, outputWidth)
  }

  /// Rows of the image that a row of windows covers.
  @inlinable
  public func rows(_ output: Int) -> Range<Int> { covered(output, windowHeight, height) }

  /// Columns of the image that a window covers.
  @inlinable
  public func columns(_ output: Int) -> Range<Int> { covered(output, windowWidth, width) }

  @inlinable
  func covered(_ output: Int, _ window: Int, _ size: Int) -> Range<Int> {
    let start = output * stride - padding
    return max(0, start)..<min(size, start + window)
  }
}

/// Pooling of one image, channels last.
public protocol PoolingLevel {
  /// y[o, c] = the largest x[i, c] of the window; NaN where there is one.
  static func maximumPool(_ grid: PoolingGrid, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>)

  /// dx[i, c] = Σ dy[o, c] over the windows whose first largest value stands at i, row by row.
  static func maximumPoolGradient(
    _ grid: PoolingGrid, x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>)

  /// y[o, c] = scale·Σ x[i, c] over the window.
  static func sumPool(_ grid: PoolingGrid, scale: Float, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>)

  /// dx[i, c] = scale·Σ dy[o, c] over the windows that hold i.
  static func sumPoolGradient(
    _ grid: PoolingGrid, scale: Float, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>)
}
