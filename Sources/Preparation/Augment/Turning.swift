import Tensors

/// A task whose labels cost nothing: by how much an image is turned (Gidaris, Singh and Komodakis 2018). Who can tell has
/// learnt what things look like.
public enum Turning {
  /// The classes: degrees, clockwise.
  public static let classes = ["0", "90", "180", "270"]

  /// Every image four times, turned by 0, 90, 180 and 270 degrees, with the turn as its class in the place of its own.
  ///
  /// - Parameter shape: the shape of flat rows, which stay flat.
  /// - Throws: an input failure where the images are not as high as they are wide.
  public static func turned(_ frame: Frame, shape given: ImageShape?) throws(Failure) -> Frame {
    let rows = try frame.checkData()
    let shape = try ImageShape(of: frame, given: given)
    guard shape.height == shape.width else {
      throw .input("\(frame.place): images of \(shape.text); those that are turned must be as high as they are wide")
    }
    let four = (0..<4 * rows).map { $0 / 4 }
    var result = frame
    for (name, tensor) in frame.rowTensors where name != "x" && name != "y" {
      result.tensors[name] = tensor.gathering(rows: four)
    }
    result.tensors["x"] = turned(try frame.tensor("x"), side: shape.width, channels: shape.channels)
    result.tensors["y"] = Tensor(four.indices.map { Int64($0 % 4) }, shape: [4 * rows])
    result[list: Metadata.classes] = classes
    result.metadata[Metadata.targets] = nil
    return result
  }

  /// Turned clockwise by a quarter, a pixel (r, c) was (side − 1 − c, r).
  private static func turned(_ x: Tensor, side: Int, channels: Int) -> Tensor {
    let pixel = channels * x.type.width
    return Tensor(type: x.type, shape: [4 * x.rows] + x.shape.dropFirst()) { target in
      x.withBytes { source in
        for row in 0..<x.rows {
          var image = row * side * side * pixel
          var next = 4 * image
          target[next..<next + side * side * pixel].copyBytes(from: source[image..<image + side * side * pixel])
          for _ in 1..<4 {
            (image, next) = (next, next + side * side * pixel)
            for r in 0..<side {
              for c in 0..<side {
                let from = image + ((side - 1 - c) * side + r) * pixel
                let to = next + (r * side + c) * pixel
                for byte in 0..<pixel { target[to + byte] = target[from + byte] }
              }
            }
          }
        }
      }
    }
  }
}
