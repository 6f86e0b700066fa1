import Tensors

/// Numbers as images: rows of data, weights of a model.
enum Pictures {
  /// The images of rows of data. Bytes are values as they are; other numbers are scaled, all by the same: the least of
  /// the rows is black, the greatest white.
  static func rows(_ indices: [Int], of frame: Frame, shape given: ImageShape?) throws(Failure) -> [Image] {
    let shape = try ImageShape(of: frame, given: given)
    try checkChannels(shape, frame.place)
    let x = try frame.tensor("x").gathering(rows: indices)
    guard x.type != .uint8 else {
      let bytes = x.withBytes { Array($0) }
      return indices.indices.map { image(Array(bytes[$0 * shape.count..<($0 + 1) * shape.count]), shape) }
    }
    let values = scaled(x.floats[...])
    return indices.indices.map { image(Array(values[$0 * shape.count..<($0 + 1) * shape.count]), shape) }
  }

  /// The weights of each unit of a layer, scaled by themselves: the least is black, the greatest white.
  ///
  /// - Parameters:
  ///   - name: the tensor; nil takes the first layer that has weights for each input.
  ///   - given: the shape of a dense layer's input; nil takes that of the model's.
  static func filters(_ model: Frame, tensor name: String?, shape given: ImageShape?) throws(Failure) -> [Image] {
    let name = if let name { name } else { try firstWeights(model) }
    let weights = try model.tensor(name)
    let place = "\(model.place): '\(name)'"
    let values = weights.floats
    switch weights.shape.count {
    case 2:
      let shape = if let given { given } else { try inputShape(model) }
      guard shape.count == weights.rowCount else {
        throw .input("\(place): has \(weights.rowCount) weights a unit; an image of \(shape.text) has \(shape.count)")
      }
      try checkChannels(shape, place)
      return (0..<weights.rows).map {
        image(scaled(values[$0 * shape.count..<($0 + 1) * shape.count]), shape)
      }
    case 4:
      // [outputs, inputs, height, width], to height, width, channels.
      let (inputs, height, width) = (weights.shape[1], weights.shape[2], weights.shape[3])
      guard inputs == 1 || inputs == 3, height > 0, width > 0 else {
        throw .input("\(place): has filters for \(inputs) channels; those for 1 or 3 can be shown")
      }
      return (0..<weights.rows).map { unit in
        let own = values[unit * weights.rowCount..<(unit + 1) * weights.rowCount]
        let bytes = scaled(own)
        let pixels = (0..<weights.rowCount).map { bytes[$0 % inputs * height * width + $0 / inputs] }
        return Image(height: height, width: width, channels: inputs, pixels: pixels)
      }
    default: throw .input("\(place): has shape \(weights.shape); weights of a dense or a conv layer are due")
    }
  }

  private static func checkChannels(_ shape: ImageShape, _ place: String) throws(Failure) {
    guard shape.channels == 1 || shape.channels == 3 else {
      throw .input(
        "\(place): images of \(shape.text) have \(shape.channels) channels, the last size; 1 or 3 can be shown")
    }
  }

  private static func image(_ pixels: [UInt8], _ shape: ImageShape) -> Image {
    Image(height: shape.height, width: shape.width, channels: shape.channels, pixels: pixels)
  }

  /// The least value as 0, the greatest as 255; what is not finite as 0.
  private static func scaled(_ values: ArraySlice<Float>) -> [UInt8] {
    let finite = values.lazy.filter(\.isFinite)
    let (least, greatest) = (Double(finite.min() ?? 0), Double(finite.max() ?? 0))
    let factor = greatest > least ? 255 / (greatest - least) : 0
    return values.map { $0.isFinite ? UInt8(((Double($0) - least) * factor).rounded()) : 0 }
  }

  /// The weights of the layer that comes first, by its number, which its name begins with.
  private static func firstWeights(_ model: Frame) throws(Failure) -> String {
    let numbered = model.tensors.compactMap { (name, tensor) -> (Int, String)? in
      guard !ModelTensors.isReserved(name), name.hasSuffix(".weight"), [2, 4].contains(tensor.shape.count) else {
        return nil
      }
      return name.split(separator: ".").first.flatMap { Int($0) }.map { ($0, name) }
    }
    guard let first = numbered.min(by: { $0 < $1 }) else {
      throw .input("\(model.place): no numbered layer has weights to show; choose a tensor with --tensor")
    }
    return first.1
  }

  private static func inputShape(_ model: Frame) throws(Failure) -> ImageShape {
    let text = model.metadata[Metadata.input] ?? "unknown"
    guard let shape = try? ImageShape(parsing: text) else {
      throw .input("\(model.place): the input of the model is \(text) and no image; --shape gives height and width")
    }
    return shape
  }
}
