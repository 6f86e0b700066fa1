import Kernels
import Tensors

/// Augments frames of images: every row by random numbers of its own, so that the result is the same for any number of
/// threads and any division into frames.
public struct Augmenter {
  private let request: AugmentRequest
  private let team: ThreadTeam

  /// Images a thread works on at a time.
  private static let tile = 32
  /// Sizes beyond are none that the kernel can tell places of.
  private static let maximumSide = 1 << 16

  /// An augmenter that does what was asked for.
  public init(_ request: AugmentRequest, team: ThreadTeam) { (self.request, self.team) = (request, team) }

  /// Some rows of a frame, augmented.
  ///
  /// - Parameters:
  ///   - frame: data whose rows are images.
  ///   - range: the rows.
  ///   - first: the number of the frame's first row among all rows, which random numbers go by.
  ///   - epoch: the number of the pass, which they go by as well.
  ///   - blending: what rows are blended with; needed where the request has mixup.
  public func augment(
    _ frame: Frame, rows range: Range<Int>, first: Int, epoch: Int, blending: Blending? = nil
  ) throws(Failure) -> Frame {
    let shape = try shape(of: frame)
    let stored = try frame.tensor("x")
    let x = stored.type == .uint8 ? stored : stored.asFloat32
    let areBytes = x.type == .uint8
    let width = x.rowCount * x.type.width
    var result = frame
    for (name, tensor) in frame.rowTensors { result.tensors[name] = tensor[rows: range] }
    let workspace = {
      (ImagePlanes(shape, request, areBytes: areBytes), ImagePlanes(shape, request, areBytes: areBytes))
    }
    let tiles = (range.count + Augmenter.tile - 1) / Augmenter.tile
    result.tensors["x"] = Tensor(type: x.type, shape: [range.count] + x.shape.dropFirst()) { bytes in
      guard let target = bytes.baseAddress, range.count > 0 else { return }
      x.withBytes { source in
        guard let source = source.baseAddress else { return }
        team.forEach(tiles, workspace: workspace) { tile, images in
          let (image, other) = images
          let start = range.lowerBound + tile * Augmenter.tile
          for row in start..<min(start + Augmenter.tile, range.upperBound) {
            image.load(source + row * width, epoch: epoch, number: first + row)
            if let blending {
              let (partner, share) = blending.partner(of: first + row)
              blending.withRow(partner) { other.load($0, epoch: epoch, number: partner) }
              image.blend(with: other, share: share)
            }
            image.store(to: target + (row - range.lowerBound) * width)
          }
        }
      }
    }
    try blending?.blendAnswers(&result, rows: first + range.lowerBound..<first + range.upperBound)
    return result
  }

  private func shape(of frame: Frame) throws(Failure) -> ImageShape {
    let prepared = frame.metadata[Metadata.prepared]
    if let prepared, ["pca", "zca"].contains(where: prepared.contains) {
      throw .input(
        "\(frame.place): is prepared as '\(prepared)', and its values are no pixels; augment it before nn-prep")
    }
    let shape = try ImageShape(of: frame, given: request.shape)
    guard shape.height <= Augmenter.maximumSide, shape.width <= Augmenter.maximumSide else {
      throw .input("\(frame.place): images of \(shape.text); sides of up to \(Augmenter.maximumSide) are augmented")
    }
    guard request.saturation == 0 || shape.channels == 3 else {
      throw .input(
        "--saturation: the images of \(frame.place) are \(shape.text) and have no colours, which are 3 channels, the last size"
      )
    }
    return shape
  }
}
