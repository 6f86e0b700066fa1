import Tensors

extension Shape {
  /// Fails when a row is not one-dimensional, as `spec` wants it.
  static func requireFlat(_ shape: [Int], for spec: Spec) throws(Failure) {
    guard shape.count == 1 else {
      throw .usage("\(spec): wants a flat input, has \(text(shape)); put 'flatten' before it")
    }
  }

  /// Height, width and channels of a row that is an image, [height, width] or [height, width, channels]; fails when it
  /// is none, as `spec` wants it.
  static func image(_ shape: [Int], for spec: Spec) throws(Failure) -> (height: Int, width: Int, channels: Int) {
    guard shape.count == 2 || shape.count == 3 else {
      throw .usage(
        "\(spec): wants images, height x width x channels, has \(text(shape)); nn-init --input 28x28 takes such")
    }
    return (shape[0], shape[1], shape.count == 3 ? shape[2] : 1)
  }

  /// A shape in which an image of one channel says so.
  static func withChannels(_ shape: [Int]) -> [Int] { shape.count == 2 ? shape + [1] : shape }

  /// What a layer that goes by channels finds in a row: an image's channels, or a plain row's features, and how often.
  static func channels(_ shape: [Int], for spec: Spec) throws(Failure) -> (count: Int, positions: Int) {
    if shape.count == 1 { return (shape[0], 1) }
    let image = try image(shape, for: spec)
    return (image.channels, image.height * image.width)
  }
}
