/// The shape of a row that is an image: [height, width] in grey, or [height, width, channels].
public struct ImageShape: Equatable, Sendable {
  /// Rows of pixels.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// Values of a pixel, which lie side by side.
  public let channels: Int

  /// Values of an image.
  public var count: Int { height * width * channels }

  /// The shape that a text such as 28x28 or 32x32x3 gives.
  public init(parsing text: String) throws(Failure) {
    let shape = try Shape.parse(text)
    guard shape.count == 2 || shape.count == 3 else {
      throw .usage(
        "height and width are due, such as 28x28, and channels where there are more than one, such as 32x32x3")
    }
    self.init(shape)
  }

  private init(_ shape: [Int]) { (height, width, channels) = (shape[0], shape[1], shape.count == 3 ? shape[2] : 1) }

  /// The images in the rows of a frame's `x`.
  ///
  /// - Parameter given: the shape of flat rows, from the command line.
  public init(of frame: Frame, given: ImageShape?) throws(Failure) {
    let x = try frame.tensor("x")
    guard let given else {
      guard x.shape.count == 3 || x.shape.count == 4, x.rowCount > 0 else {
        let prepared = frame.metadata[Metadata.prepared].map { " (prepared as '\($0)')" } ?? ""
        throw .input(
          "\(frame.place): rows of 'x' are \(Shape.text(x.shape.dropFirst()))\(prepared) and no images; for pixels in one "
            + "line --shape gives height and width")
      }
      self.init(Array(x.shape.dropFirst()))
      return
    }
    guard x.rowCount == given.count else {
      throw .input(
        "\(frame.place): rows of 'x' have \(x.rowCount) values; --shape \(given.text) takes \(given.count)")
    }
    self = given
  }

  /// "28x28" or "32x32x3".
  public var text: String { Shape.text(channels == 1 ? [height, width] : [height, width, channels]) }
}
