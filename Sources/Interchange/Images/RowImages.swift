import Tensors

/// Rows of data as files of images, for pages and other programs that show them.
public enum RowImages {
  /// A PNG file for each of some rows. Bytes are values as they are; other numbers are scaled, all by the same.
  ///
  /// - Parameter shape: that of flat rows; nil takes the shape of the data.
  public static func files(_ rows: [Int], of frame: Frame, shape: ImageShape?) throws(Failure) -> [[UInt8]] {
    var files: [[UInt8]] = []
    for image in try Pictures.rows(rows, of: frame, shape: shape) { files.append(try PNGWriter.bytes(image)) }
    return files
  }
}
