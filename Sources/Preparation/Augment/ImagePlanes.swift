import Kernels
import Tensors

/// One image at work: its channels one after the other, each [height, width], as floats.
final class ImagePlanes {
  private let shape: ImageShape
  private let request: AugmentRequest
  /// Pixels of a channel.
  private let area: Int
  /// Elements from one channel to the next; some more than a channel has, see `ImageLevel.sampleImage`.
  private let stride: Int
  /// The largest value, where values are bytes.
  private let limit: Float?
  /// A channel within its border, as the kernel samples it.
  private let bordered: AlignedBuffer<Float>
  private let ld: Int
  private let planes: AlignedBuffer<Float>
  /// Values in the order in which a row has them.
  private let row: AlignedBuffer<Float>

  init(_ shape: ImageShape, _ request: AugmentRequest, areBytes: Bool) {
    (self.shape, self.request) = (shape, request)
    area = shape.height * shape.width
    stride = area + 16
    limit = areBytes ? 255 : nil
    ld = shape.width + 3
    bordered = AlignedBuffer(count: (shape.height + 3) * ld)
    for i in 0..<bordered.count { bordered.pointer[i] = Float(request.fill) }
    planes = AlignedBuffer(count: shape.channels * stride)
    row = AlignedBuffer(count: shape.count)
  }

  /// The values of a channel.
  private func plane(_ channel: Int) -> UnsafeMutablePointer<Float> { planes.pointer + channel * stride }

  /// Puts the image of a row in, augmented as its epoch and its number say.
  func load(_ source: UnsafeRawPointer, epoch: Int, number: Int) {
    let chance = Augmentation(request, epoch: epoch, row: number)
    load(source, chance)
    if request.noise > 0 { addNoise(Augmentation.noise(request, epoch: epoch, row: number)) }
    if request.cutout > 0 { cut(chance) }
  }

  /// Puts an image in with its pixels in their new places and colours.
  func load(_ source: UnsafeRawPointer, _ chance: Augmentation) {
    let type: KernelInterface.ElementType = limit == nil ? .float32 : .uint8
    let map = chance.map(height: shape.height, width: shape.width)
    if shape.channels == 1, !chance.isInPlace {
      gather(type, source, rows: shape.height, columns: shape.width, to: bordered.pointer + ld + 1, ld: ld)
      sample(map, channel: 0)
    } else {
      gather(type, source, rows: 1, columns: shape.count, to: row.pointer, ld: shape.count)
      for channel in 0..<shape.channels { spread(channel, chance.isInPlace ? nil : map) }
    }
    colour(brightness: chance.brightness, contrast: chance.contrast, saturation: chance.saturation)
  }

  /// Blends the image with another of the same shape: share · this + (1 − share) · other.
  func blend(with other: ImagePlanes, share: Float) {
    for i in 0..<planes.count {
      planes.pointer[i] = share * planes.pointer[i] + (1 - share) * other.planes.pointer[i]
    }
  }

  /// Writes the image as a row, bytes rounded and held to 0…255.
  func store(to target: UnsafeMutableRawPointer) {
    var values = planes.pointer
    if shape.channels > 1 {
      values = row.pointer
      for channel in 0..<shape.channels {
        let from = plane(channel)
        for i in 0..<area { values[i * shape.channels + channel] = from[i] }
      }
    }
    if limit == nil {
      target.copyMemory(from: values, byteCount: shape.count * MemoryLayout<Float>.size)
    } else {
      kernels.roundToBytes(values, count: shape.count, to: target.assumingMemoryBound(to: UInt8.self))
    }
  }

  private func gather(
    _ type: KernelInterface.ElementType, _ source: UnsafeRawPointer, rows: Int, columns: Int,
    to target: UnsafeMutablePointer<Float>, ld: Int
  ) {
    kernels.gatherRows(
      type: type, from: source, columns: columns, indices: nil, first: 0, count: rows, to: target, ld: ld)
  }

  /// Takes a channel out of the row; nil leaves its pixels in their places.
  private func spread(_ channel: Int, _ map: AffineMap?) {
    let from = row.pointer + channel
    guard let map else {
      let to = plane(channel)
      for i in 0..<area { to[i] = from[i * shape.channels] }
      return
    }
    for y in 0..<shape.height {
      let to = bordered.pointer + (y + 1) * ld + 1
      for x in 0..<shape.width { to[x] = from[(y * shape.width + x) * shape.channels] }
    }
    sample(map, channel: channel)
  }

  private func sample(_ map: AffineMap, channel: Int) {
    kernels.sampleImage(
      bordered.pointer, height: shape.height, width: shape.width, ld: ld, map: map, to: plane(channel))
  }

  // MARK: Values

  /// Brightness, contrast and saturation, in this order, each value v becoming factor · v + (1 − factor) · base: the base
  /// is 0, the mean grey of the image, or the grey of the pixel (as PIL's ImageEnhance and torchvision have it, without
  /// their rounding in between). A factor of 1 changes nothing.
  func colour(brightness: Float, contrast: Float, saturation: Float) {
    if brightness != 1 { mix(brightness) { _ in 0 } }
    if contrast != 1 {
      var sum = 0.0
      for i in 0..<area { sum += Double(grey(i)) }
      let mean = Float(sum / Double(area))
      mix(contrast) { _ in mean }
    }
    if saturation != 1 { mix(saturation, base: grey) }
  }

  private func mix(_ factor: Float, base: (Int) -> Float) {
    for i in 0..<area {
      let base = (1 - factor) * base(i)
      for channel in 0..<shape.channels {
        let value = factor * plane(channel)[i] + base
        plane(channel)[i] = limit.map { min(max(value, 0), $0) } ?? value
      }
    }
  }

  /// The luma of a pixel (ITU-R BT.601).
  private func grey(_ i: Int) -> Float {
    shape.channels == 3 ? 0.299 * plane(0)[i] + 0.587 * plane(1)[i] + 0.114 * plane(2)[i] : plane(0)[i]
  }

  private func addNoise(_ stream: RandomStream) {
    var stream = stream
    for channel in 0..<shape.channels {
      for i in 0..<area { plane(channel)[i] += Float(request.noise * stream.nextNormal()) }
    }
  }

  /// Fills a square, as much of it as is in the image (DeVries and Taylor, "Improved Regularization of Convolutional
  /// Neural Networks with Cutout", 2017).
  private func cut(_ chance: Augmentation) {
    let (x, y) = (Int(chance.cut.x * Float(shape.width)), Int(chance.cut.y * Float(shape.height)))
    let columns = max(0, x - request.cutout / 2)..<min(shape.width, x - request.cutout / 2 + request.cutout)
    let rows = max(0, y - request.cutout / 2)..<min(shape.height, y - request.cutout / 2 + request.cutout)
    for channel in 0..<shape.channels {
      for row in rows {
        for column in columns { plane(channel)[row * shape.width + column] = Float(request.fill) }
      }
    }
  }
}
