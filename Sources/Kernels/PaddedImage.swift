/// A copy of an image with a frame of zeros, which windows may reach into.
public struct PaddedImage: Equatable, Sendable {
  /// Rows of the image itself.
  public var height: Int
  /// Floats in one of its rows.
  public var rowCount: Int
  /// Rows of zeros above it.
  public var top: Int
  /// Floats of zeros before each row.
  public var left: Int
  /// Rows of the copy; fewer than the image has below the frame above leave the last ones out.
  public var paddedHeight: Int
  /// Floats in a row of the copy; fewer than the image has leave the last ones out.
  public var paddedRowCount: Int

  /// A frame around an image.
  public init(height: Int, rowCount: Int, top: Int, left: Int, paddedHeight: Int, paddedRowCount: Int) {
    (self.height, self.rowCount, self.top, self.left) = (height, rowCount, top, left)
    (self.paddedHeight, self.paddedRowCount) = (paddedHeight, paddedRowCount)
  }

  /// Whether windows reach nowhere but into the image, so that none has to be copied.
  public var isBare: Bool { top == 0 && left == 0 && paddedHeight <= height && paddedRowCount <= rowCount }

  /// Floats from one row to the next, of the copy or of the image that needs none.
  public var rowStep: Int { isBare ? rowCount : paddedRowCount }

  /// Floats of the copy.
  public var count: Int { paddedHeight * paddedRowCount }

  /// Makes the copy.
  public func copy(_ image: UnsafePointer<Float>, to padded: UnsafeMutablePointer<Float>) {
    // A frame may be larger than all that is read of the image.
    let (top, left) = (min(top, paddedHeight), min(left, paddedRowCount))
    let copied = min(rowCount, paddedRowCount - left)
    let rows = min(height, paddedHeight - top)
    padded.update(repeating: 0, count: top * paddedRowCount)
    for row in 0..<rows {
      let out = padded + (top + row) * paddedRowCount
      out.update(repeating: 0, count: left)
      (out + left).update(from: image + row * rowCount, count: copied)
      (out + left + copied).update(repeating: 0, count: paddedRowCount - left - copied)
    }
    (padded + (top + rows) * paddedRowCount).update(
      repeating: 0, count: (paddedHeight - top - rows) * paddedRowCount)
  }

  /// The image with its frame: in `room`, of `count` floats, unless it needs none.
  public func framed(_ image: UnsafePointer<Float>, in room: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
    guard !isBare else { return image }
    copy(image, to: room)
    return UnsafePointer(room)
  }

  /// Has an image made with its frame, in `room` unless it has none, and keeps what is inside.
  public func cropped(
    to image: UnsafeMutablePointer<Float>, from room: UnsafeMutablePointer<Float>,
    _ make: (UnsafeMutablePointer<Float>) -> Void
  ) {
    guard !isBare else { return make(image) }
    make(room)
    for row in 0..<height {
      (image + row * rowCount).update(from: room + (top + row) * paddedRowCount + left, count: rowCount)
    }
  }
}
